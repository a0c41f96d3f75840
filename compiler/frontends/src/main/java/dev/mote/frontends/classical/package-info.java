/// Readers of classical models: XGBoost JSON, LightGBM text, PMML, and Mote's own JSON, which
/// `examples/scikit-learn/export.py` writes.
///
/// All of them draw into a [dev.mote.frontends.classical.ModelSketch]; trees go through
/// [dev.mote.frontends.classical.ForestBuilder], which checks them and gives them the form of the
/// IR.
@org.jspecify.annotations.NullMarked
package dev.mote.frontends.classical;
