"""Trains models and writes them as ONNX, with the operators that converters of scikit-learn use.

    /usr/bin/python3 examples/scikit-learn/make_onnx_models.py testkit/src/test/resources/classical

Debian's python3-sklearn and python3-onnx were used. skl2onnx itself writes the same kinds of graphs; this script shows
what they are made of. For each model: NAME.onnx, and NAME.csv, whose lines are the features of a row, a semicolon, and
what scikit-learn says: the probabilities or values, and a semicolon and the class where there are classes.
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn import datasets, ensemble, linear_model, mixture, naive_bayes, neighbors, neural_network, preprocessing, svm
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

folder = pathlib.Path(sys.argv[1]) if __name__ == "__main__" else None
ML = "ai.onnx.ml"


class Sketch:
    """A graph in the making, from one input of rows."""

    def __init__(self, features):
        self.nodes, self.constants, self.outputs, self.count = [], [], [], 0
        self.input = helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, features])

    def name(self):
        self.count += 1
        return "t%d" % self.count

    def constant(self, values, dtype=np.float32):
        name = self.name()
        values = np.asarray(values)
        if values.dtype.kind in "US":
            self.constants.append(helper.make_tensor(name, TensorProto.STRING, values.shape,
                                                     [v.encode() for v in values.ravel()]))
        else:
            self.constants.append(numpy_helper.from_array(values.astype(dtype), name))
        return name

    def add(self, operator, *inputs, outputs=1, domain="", **attributes):
        names = [self.name() for _ in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, name=operator + names[0], domain=domain,
                                           **attributes))
        return names[0] if outputs == 1 else names

    def give(self, name, kind, shape):
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def save(self, path, opset=17):
        graph = helper.make_graph(self.nodes, path.stem, [self.input], self.outputs, self.constants)
        domains = [helper.make_opsetid("", opset), helper.make_opsetid(ML, 3)]
        onnx.save(helper.make_model(graph, opset_imports=domains, ir_version=8, producer_name="mote"), path)

    # ---- classes ----

    def labels(self, places, classes):
        """The labels of classes by their places, as skl2onnx picks them."""
        picked = self.add("ArrayFeatureExtractor", self.constant(classes, np.int64), places, domain=ML)
        label = self.add("Reshape", picked, self.constant([-1], np.int64))
        self.give(label, TensorProto.STRING if classes.dtype.kind in "US" else TensorProto.INT64, [None])

    def probabilities(self, name, classes):
        kind = "classlabels_strings" if classes.dtype.kind in "US" else "classlabels_int64s"
        maps = self.add("ZipMap", name, domain=ML, **{kind: classes.tolist()})
        entry = onnx.TypeProto.Map(key_type=TensorProto.STRING if classes.dtype.kind in "US" else TensorProto.INT64)
        entry.value_type.tensor_type.elem_type = TensorProto.FLOAT
        output = onnx.ValueInfoProto(name=maps)
        output.type.sequence_type.elem_type.map_type.CopyFrom(entry)
        self.outputs.append(output)

    def classes(self, label, probabilities, classes):
        self.give(label, TensorProto.STRING if classes.dtype.kind in "US" else TensorProto.INT64, [None])
        self.probabilities(probabilities, classes)


def class_attribute(classes, integers="classlabels_ints"):
    return {"classlabels_strings" if classes.dtype.kind in "US" else integers: classes.tolist()}


# ---- trees -----------------------------------------------------------------------------------------------------------

def down(threshold):
    """The largest float32 that is not above a threshold: the same answers to float32 features."""
    near = np.float32(threshold)
    return float(np.nextafter(near, np.float32(-np.inf)) if near > threshold else near)


def tree_attributes(trees, weighed, weights):
    """Attributes of an ensemble; `weights(tree number, node)` are pairs of a number and a weight."""
    nodes = {key: [] for key in ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids")}
    leaves = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}
    for number, tree in enumerate(trees):
        for node in range(tree.node_count):
            leaf = tree.children_left[node] < 0
            row = (number, node, 0 if leaf else int(tree.feature[node]), "LEAF" if leaf else "BRANCH_LEQ",
                   0.0 if leaf else down(tree.threshold[node]), 0 if leaf else int(tree.children_left[node]),
                   0 if leaf else int(tree.children_right[node]))
            for key, value in zip(nodes, row):
                nodes[key].append(value)
            for place, weight in weights(number, node) if leaf else []:
                for key, value in zip(leaves, (number, node, place, float(weight))):
                    leaves[key].append(value)
    return {**{"nodes_" + key: values for key, values in nodes.items()},
            **{weighed + "_" + key: values for key, values in leaves.items()}}


def forest(sketch, x, model, names):
    trees = [tree.tree_ for tree in getattr(model, "estimators_", [model])]

    def weights(number, node):
        counts = trees[number].value[node, 0]
        shares = counts / counts.sum() / len(trees)
        return [(0, shares[1])] if len(shares) == 2 else list(enumerate(shares))

    label, scores = sketch.add("TreeEnsembleClassifier", x, outputs=2, domain=ML, post_transform="NONE",
                               **tree_attributes(trees, "class", weights),
                               **class_attribute(names, "classlabels_int64s"))
    sketch.classes(label, scores, names)


def boosting(sketch, x, model, names):
    stages, columns = model.estimators_.shape
    trees = [tree.tree_ for stage in model.estimators_ for tree in stage]
    base = np.ravel(model._raw_predict_init(np.zeros((1, model.n_features_in_))))

    def weights(number, node):
        return [(number % columns, model.learning_rate * trees[number].value[node, 0, 0])]

    label, scores = sketch.add("TreeEnsembleClassifier", x, outputs=2, domain=ML,
                               post_transform="LOGISTIC" if columns == 1 else "SOFTMAX", base_values=base.tolist(),
                               **tree_attributes(trees, "class", weights),
                               **class_attribute(names, "classlabels_int64s"))
    sketch.classes(label, scores, names)


def forest_values(sketch, x, model):
    trees = [tree.tree_ for tree in model.estimators_]
    y = sketch.add("TreeEnsembleRegressor", x, domain=ML, aggregate_function="AVERAGE", n_targets=1,
                   **tree_attributes(trees, "target", lambda t, node: [(0, trees[t].value[node, 0, 0])]))
    sketch.give(y, TensorProto.FLOAT, [None, 1])


# ---- linear models, support vector machines ----------------------------------------------------------------------------

def logistic(sketch, x, model, names):
    weights, bias = model.coef_, model.intercept_
    if len(weights) == 1:
        weights, bias = np.concatenate([-weights, weights]), np.concatenate([-bias, bias])
    binary = len(model.coef_) == 1
    label, scores = sketch.add("LinearClassifier", x, outputs=2, domain=ML, coefficients=weights.ravel().tolist(),
                               intercepts=bias.tolist(), multi_class=1,
                               post_transform="LOGISTIC" if binary else "SOFTMAX", **class_attribute(names))
    norm = sketch.add("Normalizer", scores, domain=ML, norm="L1")
    sketch.classes(label, norm, names)


def linear(sketch, x, model):
    y = sketch.add("LinearRegressor", x, domain=ML, coefficients=np.ravel(model.coef_).tolist(),
                   intercepts=np.ravel(model.intercept_).tolist(), targets=1)
    sketch.give(y, TensorProto.FLOAT, [None, 1])


def machine(model):
    return {"kernel_type": {"rbf": "RBF", "poly": "POLY", "linear": "LINEAR", "sigmoid": "SIGMOID"}[model.kernel],
            "kernel_params": [float(model._gamma), float(model.coef0), float(model.degree)],
            "support_vectors": model.support_vectors_.ravel().tolist()}


def vectors(sketch, x, model, names):
    label, scores = sketch.add("SVMClassifier", x, outputs=2, domain=ML, vectors_per_class=model.n_support_.tolist(),
                               coefficients=model._dual_coef_.ravel().tolist(), rho=model._intercept_.tolist(),
                               prob_a=model.probA_.tolist(), prob_b=model.probB_.tolist(), **machine(model),
                               **class_attribute(names))
    sketch.classes(label, scores, names)


def vector_values(sketch, x, model):
    y = sketch.add("SVMRegressor", x, domain=ML, n_supports=len(model.support_vectors_),
                   coefficients=model._dual_coef_.ravel().tolist(), rho=model._intercept_.tolist(), **machine(model))
    sketch.give(y, TensorProto.FLOAT, [None, 1])


# ---- models of standard operators -------------------------------------------------------------------------------------

def softmax_of_logs(sketch, joint, names):
    """Probabilities of logarithms, and the likeliest class."""
    total = sketch.add("ReduceLogSumExp", joint, axes=[1], keepdims=1)
    places = sketch.add("ArgMax", joint, axis=1, keepdims=0)
    if names is None:
        sketch.give(places, TensorProto.INT64, [None])
        shares = sketch.add("Exp", sketch.add("Sub", joint, total))
        sketch.give(shares, TensorProto.FLOAT, [None, None])
    else:
        sketch.labels(places, names)
        sketch.probabilities(sketch.add("Exp", sketch.add("Sub", joint, total)), names)


def bayes(sketch, x, model, names):
    rows = sketch.add("Reshape", x, sketch.constant([-1, 1, model.n_features_in_], np.int64))
    centred = sketch.add("Sub", rows, sketch.constant(model.theta_[None]))
    squares = sketch.add("Pow", centred, sketch.constant([2.0]))
    parts = sketch.add("Div", squares, sketch.constant(model.var_[None]))
    sums = sketch.add("ReduceSum", parts, sketch.constant([2], np.int64), keepdims=0)
    likely = sketch.add("Mul", sums, sketch.constant([-0.5]))
    constant = np.log(model.class_prior_) - 0.5 * np.log(2 * np.pi * model.var_).sum(axis=1)
    softmax_of_logs(sketch, sketch.add("Add", likely, sketch.constant(constant[None])), names)


def gaussians(sketch, x, model):
    columns = []
    for mean, root in zip(model.means_, model.precisions_cholesky_):
        y = sketch.add("Gemm", x, sketch.constant(root), sketch.constant(-mean @ root), alpha=1.0, beta=1.0)
        columns.append(sketch.add("ReduceSumSquare", y, axes=[1], keepdims=1))
    distance = sketch.add("Concat", *columns, axis=1)
    constant = model.means_.shape[1] * np.log(2 * np.pi)
    halves = sketch.add("Mul", sketch.add("Add", sketch.constant([constant]), distance), sketch.constant([-0.5]))
    roots = np.array([np.log(np.diag(root)).sum() for root in model.precisions_cholesky_])
    joint = sketch.add("Add", sketch.add("Add", halves, sketch.constant(roots)), sketch.constant(np.log(model.weights_)))
    softmax_of_logs(sketch, joint, None)


def means(sketch, x, model):
    squares = sketch.add("ReduceSumSquare", x, axes=[1], keepdims=1)
    zeros = sketch.add("Mul", squares, sketch.constant([0.0]))
    products = sketch.add("Gemm", x, sketch.constant(model.cluster_centers_), zeros, alpha=-2.0, transB=1)
    own = sketch.constant((model.cluster_centers_ ** 2).sum(axis=1))
    distances = sketch.add("Add", own, sketch.add("Add", squares, products))
    sketch.give(sketch.add("ArgMin", distances, axis=1, keepdims=0), TensorProto.INT64, [None])
    sketch.give(sketch.add("Sqrt", distances), TensorProto.FLOAT, [None, len(model.cluster_centers_)])


def distances(sketch, x, prototypes):
    """A loop over the prototypes, as scikit-learn's converter writes it."""
    names = ["next_in", "next"]
    nodes = [helper.make_node("Sub", names, ["diff"]), helper.make_node("Identity", ["next_in"], ["next_out"]),
             helper.make_node("ReduceSumSquare", ["diff"], ["norm"], axes=[1], keepdims=0),
             helper.make_node("Identity", ["norm"], ["scan_out"])]
    def value(name, *shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    features = prototypes.shape[1]
    body = helper.make_graph(nodes, "distance", [value("next_in", None, features), value("next", features)],
                             [value("next_out", None, features), value("scan_out", None)])
    _, columns = sketch.add("Scan", x, sketch.constant(prototypes), outputs=2, body=body, num_scan_inputs=1)
    return sketch.add("Sqrt", sketch.add("Transpose", columns, perm=[1, 0]))


def neighbours(sketch, x, model, names):
    distance = distances(sketch, x, model._fit_X)
    nearest = sketch.constant([model.n_neighbors], np.int64)
    lengths, places = sketch.add("TopK", distance, nearest, outputs=2, largest=0, sorted=1, axis=1)
    flat = sketch.add("Flatten", places)
    picked = sketch.add("ArrayFeatureExtractor", sketch.constant(model._y, np.int64), flat, domain=ML)
    rows = sketch.add("Reshape", picked, sketch.add("Shape", places))
    weights = None
    if model.weights == "distance":
        weights = sketch.add("Reciprocal", sketch.add("Max", lengths, sketch.constant([1e-6])))
    columns = []
    for number in range(len(names)):
        same = sketch.add("Cast", sketch.add("Equal", rows, sketch.constant([number], np.int64)), to=TensorProto.FLOAT)
        counted = same if weights is None else sketch.add("Mul", same, weights)
        columns.append(sketch.add("ReduceSum", counted, sketch.constant([1], np.int64), keepdims=1))
    votes = sketch.add("Concat", *columns, axis=1)
    total = sketch.add("ReduceSum", votes, sketch.constant([1], np.int64), keepdims=1)
    sketch.labels(sketch.add("ArgMax", votes, axis=1, keepdims=0), names)
    sketch.probabilities(sketch.add("Div", votes, total), names)


def layers(sketch, x, model, names):
    for number, (weights, bias) in enumerate(zip(model.coefs_, model.intercepts_)):
        x = sketch.add("Add", sketch.add("MatMul", x, sketch.constant(weights)), sketch.constant(bias[None]))
        if number + 1 < len(model.coefs_):
            x = sketch.add({"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid"}[model.activation], x)
    shares = sketch.add("Softmax", x, axis=1)
    sketch.labels(sketch.add("ArgMax", shares, axis=1, keepdims=0), names)
    sketch.probabilities(shares, names)


def scaler(sketch, x, model):
    return sketch.add("Scaler", x, domain=ML, offset=model.mean_.tolist(), scale=(1 / model.scale_).tolist())


def components(sketch, x, model):
    return sketch.add("MatMul", sketch.add("Sub", x, sketch.constant(model.mean_)), sketch.constant(model.components_.T))


# ---- files -----------------------------------------------------------------------------------------------------------

def split(loader, names=False, **options):
    data = loader()
    y = np.asarray(data.target_names)[data.target] if names else data.target
    return train_test_split(data.data.astype(np.float32), y, random_state=1, **options)


def write(name, data, model, draw, *stages, count=60):
    """Fits stages and model, and writes the graph of all and what they say of test rows."""
    train, test, y, _ = data
    test = rows = test[:count]
    sketch = Sketch(train.shape[1])
    x = "X"
    for stage, reader in stages:
        train = stage.fit_transform(train)
        rows = stage.transform(rows)
        x = reader(sketch, x, stage)
    model.fit(train, y)
    names = getattr(model, "classes_", None)
    draw(sketch, x, model, *([] if names is None else [names]))
    sketch.save(folder / (name + ".onnx"))
    if hasattr(model, "predict_proba"):
        answers, classes = model.predict_proba(rows), model.predict(rows)
        places = classes if names is None else np.searchsorted(names, classes)
    elif hasattr(model, "cluster_centers_"):
        answers, places = model.transform(rows), model.predict(rows)
    else:
        answers, places = np.reshape(model.predict(rows), (len(rows), 1)), None
    with open(folder / (name + ".csv"), "w", encoding="utf-8") as file:
        for i, (row, answer) in enumerate(zip(test, answers)):
            line = ",".join("%.9g" % v for v in row) + ";" + ",".join("%.9g" % v for v in answer)
            file.write(line + ("" if places is None else ";%d" % places[i]) + "\n")


def main():
    iris = split(datasets.load_iris, names=True, test_size=0.4)
    wine = split(datasets.load_wine, names=True, test_size=0.4)
    digits = split(datasets.load_digits, test_size=0.5)
    cancer = split(datasets.load_breast_cancer, test_size=0.5)
    diabetes = split(lambda: datasets.load_diabetes(), test_size=0.4)
    scaled = lambda: (preprocessing.StandardScaler(), scaler)
    write("onnx_digits_forest", digits, ensemble.RandomForestClassifier(5, max_depth=6, random_state=1), forest)
    write("onnx_cancer_forest", cancer, ensemble.ExtraTreesClassifier(5, max_depth=4, random_state=1), forest)
    write("onnx_iris_boosting", iris, ensemble.GradientBoostingClassifier(n_estimators=5, random_state=1), boosting)
    write("onnx_cancer_boosting", cancer, ensemble.GradientBoostingClassifier(n_estimators=5, random_state=1), boosting)
    write("onnx_diabetes_forest", diabetes, ensemble.RandomForestRegressor(3, max_depth=4, random_state=1), forest_values)
    write("onnx_wine_logistic", wine, linear_model.LogisticRegression(), logistic, scaled())
    write("onnx_cancer_logistic", cancer, linear_model.LogisticRegression(), logistic, scaled())
    write("onnx_diabetes_ridge", diabetes, linear_model.Ridge(), linear)
    write("onnx_iris_machine", iris, svm.SVC(probability=True, random_state=1), vectors, scaled())
    write("onnx_diabetes_machine", diabetes, svm.SVR(kernel="poly", C=20), vector_values, scaled())
    write("onnx_iris_bayes", iris, naive_bayes.GaussianNB(), bayes)
    write("onnx_iris_mixture", iris, mixture.GaussianMixture(3, random_state=1), gaussians)
    write("onnx_iris_means", iris, KMeans(3, n_init=3, random_state=1), means)
    write("onnx_iris_neighbours", iris, neighbors.KNeighborsClassifier(5), neighbours)
    write("onnx_wine_neighbours", wine, neighbors.KNeighborsClassifier(4, weights="distance"), neighbours, scaled())
    write("onnx_digits_components", digits, linear_model.LogisticRegression(max_iter=2000), logistic,
          (PCA(12, random_state=1), components))
    write("onnx_iris_layers", iris, neural_network.MLPClassifier((8,), max_iter=800, random_state=1), layers)


if __name__ == "__main__":
    main()
