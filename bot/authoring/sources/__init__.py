"""Reading what people have: text, Markdown, web pages, PDF, Word, subtitles and chats become plain paragraphs."""
