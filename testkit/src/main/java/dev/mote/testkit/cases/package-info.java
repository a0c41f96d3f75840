/// Cases for every operator × type: seeded TFLite models of one operator (or a few) with inputs.
///
/// A [CaseFamily] draws its cases from a [CaseRandom]; the same family and index always give the
/// same case. The classes named after families of operators hold the tables:
///
/// ```java
/// static CaseFamily add() {
///   return CaseFamily.of("ADD", Column.INT8, random -> {
///     Shape shape = random.shape(1, 4, 8);
///     return SingleOpModel.of(BuiltinOperator.ADD, random)
///         .options(new AddOptionsT())
///         .input(random.quantized(ElementType.INT8, shape))
///         .input(random.quantized(ElementType.INT8, random.broadcastable(shape)))
///         .output(random.quantized(ElementType.INT8, shape))
///         .sketch();
///   });
/// }
/// ```
@org.jspecify.annotations.NullMarked
package dev.mote.testkit.cases;
