"""A BERT model as a graph for ONNX Runtime, written straight from its weights.

Each attention, norm and activation is one operator. Tracing the same with torch, then fusing its operators, took 3 s
and 1.2 GB; this takes a second and holds one tensor at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from embeddings.encoders.precision import WEIGHT_BITS, rounded

# Only a process that exports needs them.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

OPSET: Final = 17

_ORT: Final = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""

_PAGE: Final = 4096
"""Each tensor begins on a page, so that it can be mapped."""

_PLAIN: Final = {"model_type": "bert", "hidden_act": "gelu"}
_POSITIONS: Final = "absolute"


def is_bert(settings: Mapping[str, Any], weights: Path) -> bool:
    """Return whether a model is one that `write_bert` writes, by its config.json and its weights."""
    from safetensors import safe_open

    if any(settings.get(name) != value for name, value in _PLAIN.items()) or settings.get("is_decoder"):
        return False
    if settings.get("position_embedding_type", _POSITIONS) != _POSITIONS:
        return False
    with safe_open(weights, framework="np") as tensors:
        names = set(tensors.keys())
        layers = int(settings.get("num_hidden_layers", 0))
        wanted = {"embeddings.word_embeddings.weight", f"encoder.layer.{layers - 1}.output.dense.weight"}
        return wanted <= names and all(tensors.get_slice(name).get_dtype() == "F32" for name in names & wanted)


def write_bert(settings: Mapping[str, Any], weights: Path, path: Path) -> None:
    """Write the graph from tokens to unit vectors: the transformer, the mean of its tokens, the length 1."""
    from onnx import TensorProto, checker, helper, save
    from safetensors import safe_open

    data = path.with_name(f"{path.name}.data")
    with safe_open(weights, framework="np") as tensors, data.open("wb") as stream:
        bert = _Bert(tensors.get_tensor, stream, data.name, settings)
        bert.write()
    shape: list[str | int] = ["batch", "length"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")]
    dimensions = int(settings["hidden_size"])
    output = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", dimensions])
    graph = helper.make_graph(bert.nodes, "sentences", inputs, [output], bert.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_ORT, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="dilemma")
    save(model, path)
    checker.check_model(path)


class _Bert:
    """The nodes and constants of a model as they are written; the constants' numbers go to a stream."""

    def __init__(self, tensor: Any, stream: BinaryIO, location: str, settings: Mapping[str, Any]) -> None:  # noqa: ANN401
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._tensor = tensor
        self._stream = stream
        self._location = location
        self._heads = int(settings["num_attention_heads"])
        self._layers = int(settings["num_hidden_layers"])
        self._epsilon = float(settings["layer_norm_eps"])

    def write(self) -> None:
        """Write the whole pass."""
        from onnx import TensorProto, numpy_helper

        for name in ("input_ids", "attention_mask"):
            self._node("Cast", [name], [f"{name}_32"], to=TensorProto.INT32)
        table = "embeddings"
        # No text has a second part: what marks the first is the same for all of its tokens.
        places = (
            self._tensor(f"{table}.position_embeddings.weight")
            + self._tensor(f"{table}.token_type_embeddings.weight")[0]
        )
        words = self._constant(f"{table}.word_embeddings", self._tensor(f"{table}.word_embeddings.weight"))
        norm = self._norm(f"{table}.LayerNorm")
        self._node(
            "EmbedLayerNormalization",
            ["input_ids_32", "", words, self._constant(f"{table}.positions", places), "", *norm, "attention_mask_32"],
            ["tokens", "lengths"],
            _ORT,
            epsilon=self._epsilon,
        )
        tokens = "tokens"
        for number in range(self._layers):
            tokens = self._layer(f"encoder.layer.{number}", tokens)
        # The sum of a text's tokens has the direction of their mean.
        self._node("Cast", ["attention_mask"], ["weights"], to=TensorProto.FLOAT)
        self.constants.append(numpy_helper.from_array(np.array([1], dtype=np.int64), "axis"))
        self._node("Unsqueeze", ["weights", "axis"], ["weights_row"])
        self._node("MatMul", ["weights_row", tokens], ["sum_row"])
        self._node("Squeeze", ["sum_row", "axis"], ["sum"])
        self._node("LpNormalization", ["sum"], ["vectors"], axis=1, p=2)

    def _layer(self, name: str, tokens: str) -> str:
        own = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._tensor(f"{part}.weight").T for part in own], axis=1)
        bias = np.concatenate([self._tensor(f"{part}.bias") for part in own])
        packed = [self._constant(f"{name}.attention.weight", weight), self._constant(f"{name}.attention.bias", bias)]
        heard, wide, active = f"{name}.heard", f"{name}.wide", f"{name}.active"
        self._node("Attention", [tokens, *packed, "lengths"], [heard], _ORT, num_heads=self._heads)
        after = self._added(f"{name}.attention.output", heard, tokens)
        self._node("MatMul", [after, self._weight(f"{name}.intermediate.dense")], [wide])
        self._node("BiasGelu", [wide, self._bias(f"{name}.intermediate.dense")], [active], _ORT)
        return self._added(f"{name}.output", active, after)

    def _added(self, name: str, tokens: str, skipped: str) -> str:
        """Return the norm of what a linear layer makes of tokens and of what skipped it."""
        made, normed = f"{name}.made", f"{name}.normed"
        self._node("MatMul", [tokens, self._weight(f"{name}.dense")], [made])
        norm, bias = self._norm(f"{name}.LayerNorm"), self._bias(f"{name}.dense")
        self._node("SkipLayerNormalization", [made, skipped, *norm, bias], [normed], _ORT, epsilon=self._epsilon)
        return normed

    def _weight(self, name: str) -> str:
        return self._constant(f"{name}.weight", self._tensor(f"{name}.weight").T)

    def _bias(self, name: str) -> str:
        return self._constant(f"{name}.bias", self._tensor(f"{name}.bias"))

    def _norm(self, name: str) -> tuple[str, str]:
        return self._constant(f"{name}.weight", self._tensor(f"{name}.weight")), self._bias(name)

    def _node(self, kind: str, inputs: list[str], outputs: list[str], domain: str = "", **settings: Any) -> None:  # noqa: ANN401
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **settings))

    def _constant(self, name: str, numbers: NDArray[Any]) -> str:
        from onnx import TensorProto, helper

        self._stream.seek(-(-self._stream.tell() // _PAGE) * _PAGE)
        numbers = rounded(numbers, WEIGHT_BITS)
        constant = TensorProto(
            name=name,
            dims=numbers.shape,
            data_type=helper.np_dtype_to_tensor_dtype(numbers.dtype),
            data_location=TensorProto.EXTERNAL,
        )
        where = {"location": self._location, "offset": self._stream.tell(), "length": numbers.nbytes}
        for key, value in where.items():
            constant.external_data.add(key=key, value=str(value))
        self._stream.write(numbers.data)
        self.constants.append(constant)
        return name
