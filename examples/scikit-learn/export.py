"""Writes a fitted scikit-learn model, or a pipeline of several, as JSON that Mote compiles.

    from export import save
    save(model, "model.json")                          # classes or values
    save(model, "model.json", output="probabilities")  # of a classifier
    save(forest, "model.json", input="int16")          # features are whole numbers
    save(forest, "model.json", input="int16", leaves="int16")

docs/reference/classical-json.md describes the file. Only numpy is needed beside scikit-learn.
"""

import json

import numpy as np


def save(model, path, output="class", input="float32", leaves="float32", voting="soft"):
    """Writes `model` to `path`.

    output: "class" gives the index of the class in `model.classes_`; "probabilities" what predict_proba gives.
    input:  "int16" or "int8" where all features are whole numbers in that range (for models that begin with trees).
    leaves: "int16" rounds the leaves of a forest so that their sums are of 16 bits: smaller and faster; classes can
            differ where the first two are nearer than the rounding. "int8" rounds to fewer steps, so that the sums of
            three classes are of 32 bits together: smaller and faster still. "float32" adds them in float.
    voting: "hard" counts one vote of each tree of a forest for its likeliest class, which is not what
            RandomForestClassifier.predict does, but is smaller.
    """
    stages = [stage for _, stage in model.steps] if hasattr(model, "steps") else [model]
    stages = [stage for stage in stages if stage not in (None, "passthrough")]
    steps = []
    for stage in stages:
        steps += _stage(stage, output, leaves, voting)
    document = {
        "format": "mote-classical",
        "version": 1,
        "input": {"features": int(stages[0].n_features_in_), "type": input},
        "steps": steps,
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, separators=(",", ":"))
        file.write("\n")


def _numbers(values):
    return np.asarray(values, dtype=np.float64).tolist()


def _rows(values):
    return np.atleast_2d(np.asarray(values, dtype=np.float64)).tolist()


def _stage(model, output, leaves, voting):
    name = type(model).__name__
    if name in ("RandomForestClassifier", "ExtraTreesClassifier", "DecisionTreeClassifier"):
        return _forest_classes(model, output, leaves, voting)
    if name in ("RandomForestRegressor", "ExtraTreesRegressor", "DecisionTreeRegressor"):
        trees = [_tree(tree.tree_, tree.tree_.value[:, :, 0]) for tree in getattr(model, "estimators_", [model])]
        width = trees[0]["width"]
        return [_trees(trees, width, "mean", np.zeros(width))]
    if name in ("GradientBoostingRegressor", "GradientBoostingClassifier"):
        return _boosting(model, output)
    if name in ("StandardScaler", "MinMaxScaler", "RobustScaler", "MaxAbsScaler"):
        return _scaler(model)
    if name == "PCA":
        factors = model.components_ / (np.sqrt(model.explained_variance_)[:, None] if model.whiten else 1)
        steps = [] if model.mean_ is None else [{"kind": "subtract", "values": _numbers(model.mean_)}]
        return steps + [_affine(factors, np.zeros(len(factors)))]
    if name in ("LogisticRegression", "LinearSVC", "RidgeClassifier", "SGDClassifier", "Perceptron"):
        return _linear_classes(model, output)
    if name in ("LinearRegression", "Ridge", "Lasso", "ElasticNet", "LinearSVR", "BayesianRidge", "SGDRegressor"):
        weights = np.atleast_2d(model.coef_)
        return [_affine(weights, np.broadcast_to(np.ravel(model.intercept_), (len(weights),)))]
    if name in ("SVC", "NuSVC", "SVR", "NuSVR"):
        return _support_vectors(model, output)
    if name == "GaussianNB":
        constant = np.log(model.class_prior_) - 0.5 * np.log(2 * np.pi * model.var_).sum(axis=1)
        return _gaussians(model.theta_, 1 / model.var_, constant, output)
    if name == "GaussianMixture":
        return _mixture(model, output)
    if name in ("KMeans", "MiniBatchKMeans"):
        return [_kernel("squared_distance", model.cluster_centers_), {"kind": "argmin"}]
    if name in ("KNeighborsClassifier", "KNeighborsRegressor"):
        return _neighbours(model, output)
    raise ValueError("Mote has no exporter for " + name)


def _classes(steps, output):
    return steps + ([{"kind": "argmax"}] if output == "class" else [])


def _affine(weights, bias):
    return {"kind": "affine", "weights": _rows(weights), "bias": _numbers(bias)}


def _kernel(function, vectors, **more):
    return {"kind": "kernel", "function": function, "vectors": _rows(vectors), **more}


def _tree(tree, values, target=0):
    """Nodes in the order of scikit-learn; equal leaves once."""
    inner = np.flatnonzero(tree.children_left >= 0)
    place = np.zeros(tree.node_count, dtype=int)
    place[inner] = np.arange(len(inner))
    rows = {}
    for node in np.flatnonzero(tree.children_left < 0):
        place[node] = -1 - rows.setdefault(tuple(_numbers(values[node])), len(rows))
    return {
        "target": int(target),
        "root": int(place[0]),
        "feature": tree.feature[inner].tolist(),
        "threshold": _numbers(tree.threshold[inner]),
        "left": place[tree.children_left[inner]].tolist(),
        "right": place[tree.children_right[inner]].tolist(),
        "leaf": [list(row) for row in rows],
        "width": int(values.shape[1]),
    }


def _trees(trees, width, aggregate, base, leaves="float32"):
    trees = [{key: value for key, value in tree.items() if key != "width"} for tree in trees]
    return {"kind": "trees", "width": int(width), "aggregate": aggregate, "base": _numbers(base), "leaves": leaves,
            "trees": trees}


def _forest_classes(model, output, leaves, voting):
    estimators = getattr(model, "estimators_", [model])
    width = len(model.classes_)
    trees = []
    # Sums of 16 bits without a sign, or of 10, whatever leaves are reached.
    steps = min(0xFFFF // len(estimators), 0x7FFF) if leaves == "int16" else min(0x3FF // len(estimators), 0x7F)
    for estimator in estimators:
        counts = estimator.tree_.value[:, 0, :]
        values = counts / counts.sum(axis=1, keepdims=True)
        if voting == "hard":
            values = np.eye(width)[values.argmax(axis=1)]
        elif leaves != "float32":
            values = np.rint(values * steps) if leaves == "int16" else _rounded(values, steps)
        trees.append(_tree(estimator.tree_, values))
    whole = voting == "hard" or leaves != "float32"
    if whole and output != "class":
        raise ValueError("probabilities need soft voting and leaves of float32")
    kind = "sum" if whole else "mean"
    type_ = "int8" if voting == "hard" else leaves
    return _classes([_trees(trees, width, kind, np.zeros(width), type_)], output)


def _rounded(shares, steps):
    """Whole numbers that are near `shares` times `steps`, and in each row sum up to `steps`."""
    values = np.floor(shares * steps)
    missing = np.rint(steps - values.sum(axis=1)).astype(int)
    order = np.argsort(values - shares * steps, axis=1, kind="stable")
    for row, count in enumerate(missing):
        values[row, order[row, :count]] += 1
    return values


def _boosting(model, output):
    columns = model.estimators_.shape[1]
    base = np.ravel(model._raw_predict_init(np.zeros((1, model.n_features_in_))))
    trees = [
        _tree(tree.tree_, tree.tree_.value[:, :, 0] * model.learning_rate, target)
        for stage in model.estimators_
        for target, tree in enumerate(stage)
    ]
    steps = [_trees(trees, 1, "sum", base)]
    if not hasattr(model, "classes_"):
        return steps
    if columns == 1:
        return steps + _binary(output)
    return steps + ([{"kind": "argmax"}] if output == "class" else [{"kind": "function", "function": "softmax"}])


def _binary(output):
    """From one decision value: the class, or both probabilities."""
    if output == "class":
        return [_affine([[0.0], [1.0]], [0.0, 0.0]), {"kind": "argmax"}]
    return [_affine([[-1.0], [1.0]], [0.0, 0.0]), {"kind": "function", "function": "logistic"}]


def _scaler(model):
    name = type(model).__name__
    if name == "MinMaxScaler":
        return [{"kind": "subtract", "values": _numbers(model.data_min_)},
                {"kind": "multiply", "values": _numbers(model.scale_)},
                {"kind": "add", "values": [float(model.feature_range[0])]}]
    centre = {"StandardScaler": "mean_", "RobustScaler": "center_"}.get(name)
    steps = []
    if centre and getattr(model, centre) is not None:
        steps.append({"kind": "subtract", "values": _numbers(getattr(model, centre))})
    if model.scale_ is not None:
        steps.append({"kind": "multiply", "values": _numbers(1 / model.scale_)})
    return steps


def _linear_classes(model, output):
    steps = [_affine(model.coef_, np.broadcast_to(model.intercept_, (len(model.coef_),)))]
    if output == "probabilities" and type(model).__name__ != "LogisticRegression":
        raise ValueError(type(model).__name__ + " has no probabilities")
    if len(model.coef_) == 1:
        return steps + _binary(output)
    if output == "class":
        return steps + [{"kind": "argmax"}]
    if model.multi_class == "ovr" or (model.multi_class == "auto" and model.solver == "liblinear"):
        raise ValueError("probabilities of one-versus-rest are not exported")
    return steps + [{"kind": "function", "function": "softmax"}]


def _support_vectors(model, output):
    functions = {"linear": "linear", "poly": "polynomial", "rbf": "rbf", "sigmoid": "sigmoid"}
    if model.kernel not in functions:
        raise ValueError("there is no kernel " + str(model.kernel))
    more = {}
    if model.kernel != "linear":
        more["gamma"] = float(model._gamma)
    if model.kernel in ("poly", "sigmoid"):
        more["offset"] = float(model.coef0)
    if model.kernel == "poly":
        more["degree"] = int(model.degree)
    kernel = _kernel(functions[model.kernel], model.support_vectors_, **more)
    if not hasattr(model, "classes_"):
        return [kernel, _affine(model._dual_coef_, model._intercept_)]
    if output != "class":
        raise ValueError("probabilities of support vector machines are not exported")
    classes = len(model.classes_)
    if classes == 2:
        return [kernel, _affine(model.dual_coef_, model.intercept_)] + _binary(output)
    # One decision for each pair of classes; the coefficients of a class against the others lie in rows.
    starts = np.concatenate([[0], np.cumsum(model.n_support_)])
    weights = []
    for i in range(classes):
        for j in range(i + 1, classes):
            row = np.zeros(len(model.support_vectors_))
            row[starts[i]:starts[i + 1]] = model._dual_coef_[j - 1, starts[i]:starts[i + 1]]
            row[starts[j]:starts[j + 1]] = model._dual_coef_[i, starts[j]:starts[j + 1]]
            weights.append(row)
    return [kernel, _affine(weights, model._intercept_), {"kind": "pairs", "classes": classes}, {"kind": "argmax"}]


def _gaussians(means, precisions, constant, output):
    steps = [_kernel("squared_distance", means, weights=_rows(precisions)),
             {"kind": "multiply", "values": [-0.5]},
             {"kind": "add", "values": _numbers(constant)}]
    if output == "class":
        return steps + [{"kind": "argmax"}]
    return steps + [{"kind": "function", "function": "softmax"}]


def _mixture(model, output):
    means, count = model.means_, len(model.means_)
    features = means.shape[1]
    if model.covariance_type == "full":
        roots = model.precisions_cholesky_
    elif model.covariance_type == "tied":
        roots = np.stack([model.precisions_cholesky_] * count)
    else:
        root = np.broadcast_to(np.reshape(model.precisions_cholesky_, (count, -1)), means.shape)
        constant = np.log(model.weights_) + np.log(root).sum(axis=1) - 0.5 * features * np.log(2 * np.pi)
        return _gaussians(means, root**2, constant, output)
    constant = np.log(model.weights_) - 0.5 * features * np.log(2 * np.pi)
    constant = constant + np.array([np.log(np.diag(root)).sum() for root in roots])
    weights = np.concatenate([root.T for root in roots])
    bias = np.concatenate([-mean @ root for mean, root in zip(means, roots)])
    steps = [_affine(weights, bias), {"kind": "function", "function": "square"}, {"kind": "sums", "groups": count},
             {"kind": "multiply", "values": [-0.5]}, {"kind": "add", "values": _numbers(constant)}]
    return steps + [{"kind": "argmax"} if output == "class" else {"kind": "function", "function": "softmax"}]


def _neighbours(model, output):
    metric, power = model.effective_metric_, model.effective_metric_params_.get("p", 2)
    if metric == "manhattan" or (metric == "minkowski" and power == 1):
        function, weighting = "manhattan", "inverse"
    elif metric == "euclidean" or (metric == "minkowski" and power == 2):
        function, weighting = "squared_distance", "inverse_root"
    else:
        raise ValueError("there is no metric " + metric)
    if model.weights not in ("uniform", "distance"):
        raise ValueError("weights by a function are not exported")
    if hasattr(model, "classes_"):
        values = np.eye(len(model.classes_))[model._y]
    else:
        values = np.reshape(model._y, (len(model._y), -1))
    steps = [_kernel(function, model._fit_X),
             {"kind": "nearest", "neighbours": int(model.n_neighbors),
              "weighting": "uniform" if model.weights == "uniform" else weighting, "values": _rows(values)}]
    return _classes(steps, output) if hasattr(model, "classes_") else steps
