"""Trains the models of testkit/src/test/resources/classical, and writes what the libraries say of test rows.

    /usr/bin/python3 examples/scikit-learn/make_test_models.py testkit/src/test/resources/classical

Debian's python3-sklearn and python3-xgboost were used. For each model: NAME.json, and NAME.csv, whose lines are the
features of a row, a semicolon, and the library's answer.
"""

import pathlib
import sys

import numpy as np
from sklearn import datasets, ensemble, linear_model, naive_bayes, neighbors, pipeline, preprocessing, svm
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import train_test_split

from export import save

folder = pathlib.Path(sys.argv[1])


def split(loader, **options):
    x, y = loader(return_X_y=True)
    return train_test_split(x.astype(np.float32), y, random_state=1, **options)


def rows(name, x, answers):
    answers = np.reshape(np.asarray(answers, dtype=np.float64), (len(x), -1))
    with open(folder / (name + ".csv"), "w", encoding="utf-8") as file:
        for row, answer in zip(x, answers):
            file.write(",".join("%.9g" % v for v in row) + ";" + ",".join("%.9g" % v for v in answer) + "\n")


def scikit(name, model, data, count=40, output="class", **options):
    train, test, y, _ = data
    model.fit(train, y)
    save(model, folder / (name + ".json"), output=output, **options)
    test = test[:count]
    rows(name, test, model.predict_proba(test) if output == "probabilities" else model.predict(test))


def scaled(*stages):
    return pipeline.make_pipeline(preprocessing.StandardScaler(), *stages)


digits = split(datasets.load_digits, test_size=0.5)
iris = split(datasets.load_iris, test_size=0.4)
wine = split(datasets.load_wine, test_size=0.4)
cancer = split(datasets.load_breast_cancer, test_size=0.5)
diabetes = split(datasets.load_diabetes, test_size=0.4)


def forest():
    return ensemble.RandomForestClassifier(n_estimators=10, max_depth=8, random_state=1)


scikit("digits_forest", forest(), digits, 899, input="int16")
scikit("digits_forest_float", forest(), digits, 60, output="probabilities")
scikit("digits_forest_int16", forest(), digits, 899, input="int16", leaves="int16")
scikit("digits_forest_int8", forest(), digits, 899, input="int16", leaves="int8")
hard = forest().fit(digits[0], digits[2])
save(hard, folder / "digits_forest_hard.json", input="int16", voting="hard")
votes = sum(np.eye(10)[tree.predict(digits[1]).astype(int)] for tree in hard.estimators_)
rows("digits_forest_hard", digits[1], votes.argmax(axis=1))
scikit("iris_extra_trees", ensemble.ExtraTreesClassifier(n_estimators=7, random_state=1), iris, output="probabilities")
scikit("cancer_boosting", ensemble.GradientBoostingClassifier(n_estimators=20, random_state=1), cancer,
       output="probabilities")
scikit("iris_boosting", ensemble.GradientBoostingClassifier(n_estimators=8, random_state=1), iris)
scikit("diabetes_forest", ensemble.RandomForestRegressor(n_estimators=5, max_depth=5, random_state=1), diabetes)
scikit("wine_logistic", scaled(linear_model.LogisticRegression()), wine, output="probabilities")
scikit("cancer_logistic", scaled(linear_model.LogisticRegression()), cancer, output="probabilities")
scikit("diabetes_ridge", linear_model.Ridge(), diabetes)
scikit("cancer_linear_svc", scaled(svm.LinearSVC(random_state=1)), cancer)
scikit("wine_svc_rbf", scaled(svm.SVC()), wine, 72)
scikit("wine_svc_linear", scaled(svm.SVC(kernel="linear")), wine, 72)
scikit("iris_svc_poly", scaled(svm.SVC(kernel="poly", degree=3, coef0=1)), iris, 60)
scikit("cancer_svc_sigmoid", scaled(svm.SVC(kernel="sigmoid")), cancer)
scikit("diabetes_svr", scaled(svm.SVR(C=50)), diabetes)
scikit("iris_naive_bayes", naive_bayes.GaussianNB(), iris, 60, output="probabilities")
scikit("wine_naive_bayes", naive_bayes.GaussianNB(), wine, 72)
scikit("iris_k_means", KMeans(n_clusters=3, n_init=3, random_state=1), iris, 60)
scikit("wine_neighbours", scaled(neighbors.KNeighborsClassifier(5)), wine, 72, output="probabilities")
scikit("iris_neighbours_weighted", neighbors.KNeighborsClassifier(4, weights="distance", p=1), iris, 60,
       output="probabilities")
scikit("iris_mixture_full", GaussianMixture(3, random_state=1), iris, 60, output="probabilities")
scikit("iris_mixture_diagonal", GaussianMixture(3, covariance_type="diag", random_state=1), iris, 60)
scikit("digits_pca_logistic",
       pipeline.make_pipeline(PCA(12, random_state=1), linear_model.LogisticRegression(max_iter=2000)), digits, 60)

import xgboost  # noqa: E402


def boosted(name, data, missing=False, **parameters):
    train, test, y, _ = data
    test = test[:60].copy()
    if missing:
        hole = np.random.RandomState(1)
        train = np.where(hole.rand(*train.shape) < 0.1, np.nan, train)
        test = np.where(hole.rand(*test.shape) < 0.2, np.nan, test)
    rounds = parameters.pop("rounds", 12)
    booster = xgboost.train({"seed": 1, "max_depth": 4, **parameters}, xgboost.DMatrix(train, y), rounds)
    booster.save_model(folder / (name + ".json"))
    rows(name, test, booster.predict(xgboost.DMatrix(test)))


boosted("xgboost_cancer", cancer, missing=True, objective="binary:logistic", base_score=0.3)
boosted("xgboost_iris", iris, objective="multi:softprob", num_class=3, rounds=6)
boosted("xgboost_digits", digits, objective="multi:softmax", num_class=10, rounds=4)
boosted("xgboost_diabetes", diabetes, objective="reg:squarederror")
boosted("xgboost_poisson", diabetes, objective="count:poisson")
boosted("xgboost_dart", diabetes, booster="dart", rate_drop=0.3)
boosted("xgboost_linear", iris, booster="gblinear", objective="multi:softprob", num_class=3)


def nodes(tree, node=0):
    """Nodes of PMML."""
    if tree.children_left[node] < 0:
        return []
    field, limit = "x%d" % tree.feature[node], repr(float(tree.threshold[node]))
    sides = [("lessOrEqual", tree.children_left[node]), ("greaterThan", tree.children_right[node])]
    lines = []
    for operator, child in sides:
        counts = tree.value[child][0]
        lines.append('<Node score="%s"><SimplePredicate field="%s" operator="%s" value="%s"/>'
                     % ("c%d" % counts.argmax() if len(counts) > 1 else repr(float(counts[0])), field, operator, limit))
        if tree.children_left[child] < 0 and len(counts) > 1:
            lines += ['<ScoreDistribution value="c%d" recordCount="%r"/>' % (i, float(count))
                      for i, count in enumerate(counts)]
        lines += nodes(tree, child) + ["</Node>"]
    return lines


def pmml(name, model, data, method):
    train, test, y, _ = data
    model.fit(train, y)
    classes = getattr(model, "classes_", [])
    function = "classification" if len(classes) else "regression"
    columns = ["x%d" % i for i in range(train.shape[1])]
    schema = "".join('<MiningField name="%s"/>' % c for c in columns)
    top = schema + '<MiningField name="y" usageType="target"/>'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">',
             "<DataDictionary>"]
    lines += ['<DataField name="%s" optype="continuous" dataType="float"/>' % c for c in columns]
    lines += ['<DataField name="y" optype="categorical" dataType="string">'
              + "".join('<Value value="c%d"/>' % i for i in range(len(classes))) + "</DataField>", "</DataDictionary>",
              '<MiningModel functionName="%s"><MiningSchema>%s</MiningSchema>' % (function, top),
              '<Segmentation multipleModelMethod="%s">' % method]
    for tree in model.estimators_:
        lines += ['<Segment><True/><TreeModel functionName="%s"><MiningSchema>%s</MiningSchema>' % (function, schema),
                  "<Node><True/>"] + nodes(tree.tree_) + ["</Node></TreeModel></Segment>"]
    lines += ["</Segmentation></MiningModel></PMML>", ""]
    (folder / (name + ".pmml")).write_text("\n".join(lines), encoding="utf-8")
    rows(name, test[:60], model.predict(test[:60]))


# Limits are rounded to float32 on the way in as `float` fields ask: what scikit-learn says must be of such limits too.
def rounded(model):
    fit = model.fit

    def fit_and_round(x, y):
        fit(x, y)
        for estimator in model.estimators_:
            tree = estimator.tree_
            state = tree.__getstate__()
            state["nodes"]["threshold"] = state["nodes"]["threshold"].astype(np.float32)
            tree.__setstate__(state)
        return model

    model.fit = fit_and_round
    return model


pmml("pmml_iris", rounded(ensemble.RandomForestClassifier(n_estimators=5, random_state=2)), iris, "average")
pmml("pmml_diabetes", rounded(ensemble.RandomForestRegressor(n_estimators=4, max_depth=4, random_state=2)), diabetes,
     "average")


def lightgbm(name, model, data):
    """The trees of scikit-learn's boosting in LightGBM's text; the initial value in the leaves of the first."""
    train, test, y, _ = data
    model.fit(train, y)
    initial = float(model.init_.constant_[0][0])
    lines = ["tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0",
             "max_feature_idx=%d" % (train.shape[1] - 1), "objective=regression", ""]
    for number, (tree,) in enumerate(model.estimators_):
        tree = tree.tree_
        inner = np.flatnonzero(tree.children_left >= 0)
        leaf = np.flatnonzero(tree.children_left < 0)
        place = np.zeros(tree.node_count, dtype=int)
        place[inner], place[leaf] = np.arange(len(inner)), -1 - np.arange(len(leaf))
        values = tree.value[leaf, 0, 0] * model.learning_rate + (initial if number == 0 else 0)
        for key, items in [("Tree", [number]), ("num_leaves", [len(leaf)]), ("num_cat", [0]),
                           ("split_feature", tree.feature[inner].tolist()), ("threshold", tree.threshold[inner].tolist()),
                           ("decision_type", [2] * len(inner)), ("left_child", place[tree.children_left[inner]]),
                           ("right_child", place[tree.children_right[inner]]), ("leaf_value", values.tolist()),
                           ("is_linear", [0]), ("shrinkage", [1])]:
            lines.append(key + "=" + " ".join(str(item) for item in items))
        lines.append("")
    lines += ["end of trees", ""]
    (folder / (name + ".txt")).write_text("\n".join(lines), encoding="utf-8")
    rows(name, test[:60], model.predict(test[:60]))


lightgbm("lightgbm_diabetes", ensemble.GradientBoostingRegressor(n_estimators=10, random_state=1), diabetes)
