/* Lets the n-th write, sync, cut, reservation, removal or renaming of a file below one folder fail; see log_faults.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static long count, when;
static int kind, sticky; /* kind: an errno, or -1 for a write that ends after half */

void faults_arm(const char *below, long at, int what, int stays) {
    strncpy(folder, below, sizeof folder - 1);
    count = 0;
    when = at;
    kind = what;
    sticky = stays;
}

long faults_count(void) { return count; }

static int due(const char *path) {
    if (!folder[0] || !path || strncmp(path, folder, strlen(folder))) return 0;
    long number = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
    return when && (number == when || (sticky && number > when));
}

static int due_at(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return due(path);
}

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))
#define FAIL(otherwise) do { if (kind > 0) { errno = kind; return otherwise; } } while (0)

ssize_t write(int fd, const void *bytes, size_t size) {
    if (due_at(fd)) { FAIL(-1); size = size > 1 ? size / 2 : size; }
    return REAL(write)(fd, bytes, size);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    if (due_at(fd)) { FAIL(-1); size = size > 1 ? size / 2 : size; }
    return REAL(pwrite)(fd, bytes, size, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    if (due_at(fd)) { FAIL(-1); size = size > 1 ? size / 2 : size; }
    return REAL(pwrite64)(fd, bytes, size, at);
}
int fsync(int fd) { if (due_at(fd)) FAIL(-1); return REAL(fsync)(fd); }
int fdatasync(int fd) { if (due_at(fd)) FAIL(-1); return REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t size) { if (due_at(fd)) FAIL(-1); return REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { if (due_at(fd)) FAIL(-1); return REAL(ftruncate64)(fd, size); }
int posix_fallocate(int fd, off_t at, off_t size) { if (due_at(fd) && kind > 0) return kind; return REAL(posix_fallocate)(fd, at, size); }
int posix_fallocate64(int fd, off64_t at, off64_t size) { if (due_at(fd) && kind > 0) return kind; return REAL(posix_fallocate64)(fd, at, size); }
int rename(const char *from, const char *to) { if (due(from)) FAIL(-1); return REAL(rename)(from, to); }
int unlink(const char *path) { if (due(path)) FAIL(-1); return REAL(unlink)(path); }
