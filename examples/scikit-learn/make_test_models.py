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
