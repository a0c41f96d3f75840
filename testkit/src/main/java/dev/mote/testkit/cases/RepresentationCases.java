package dev.mote.testkit.cases;

import dev.mote.frontends.tflite.schema.BuiltinOperator;
import dev.mote.frontends.tflite.schema.CastOptionsT;
import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.Shape;
import dev.mote.ir.TensorType;
import java.util.ArrayList;
import java.util.List;

/// Cases of changes of representation.
final class RepresentationCases {

  private static final List<ElementType> CASTABLE =
      List.of(
          ElementType.INT8,
          ElementType.UINT8,
          ElementType.INT16,
          ElementType.INT32,
          ElementType.INT64,
          ElementType.BOOL,
          ElementType.FLOAT32);

  private RepresentationCases() {}

  static List<CaseFamily> families() {
    List<CaseFamily> families = new ArrayList<>();
    families.add(quantize(ElementType.INT8));
    families.add(quantize(ElementType.UINT8));
    families.add(quantize(ElementType.INT16));
    families.add(
        quantize(ElementType.INT32)
            .oracle(new Agreement.Absent("TFLite and TFLite Micro quantize no floats to int32")));
    families.add(requantize(ElementType.INT8, ElementType.INT8));
    Agreement absent =
        new Agreement.Absent("TFLite widens no int8 with QUANTIZE, TFLite Micro does");
    families.add(requantize(ElementType.INT8, ElementType.INT16).oracle(absent));
    families.add(requantize(ElementType.INT8, ElementType.INT32).oracle(absent));
    families.add(requantize(ElementType.INT8, ElementType.UINT8));
    families.add(requantize(ElementType.UINT8, ElementType.INT8));
    families.add(requantize(ElementType.INT16, ElementType.INT8));
    families.add(requantize(ElementType.INT16, ElementType.INT16));
    families.add(requantize(ElementType.INT16, ElementType.INT32));
    families.add(requantize(ElementType.INT32, ElementType.INT8));
    families.add(requantize(ElementType.INT32, ElementType.INT16));
    families.add(dequantize(ElementType.INT8));
    families.add(dequantize(ElementType.UINT8));
    families.add(dequantize(ElementType.INT16));
    families.add(
        dequantize(ElementType.INT32)
            .oracle(new Agreement.Absent("TFLite and TFLite Micro dequantize no int32")));
    families.add(widen());
    for (ElementType from : CASTABLE) {
      for (ElementType to : CASTABLE) {
        if (from != to) {
          families.add(cast(from, to));
        }
      }
    }
    return families;
  }

  private static CaseFamily quantize(ElementType to) {
    return CaseFamily.of(
            "QUANTIZE",
            Column.valueOf(to.name()),
            random -> {
              Shape shape = random.shape(1, 4, 6);
              return SingleOpModel.of(BuiltinOperator.QUANTIZE, random)
                  .input(TensorType.plain(ElementType.FLOAT32, shape))
                  .output(new TensorType(to, shape, random.quantization(to)))
                  .sketch();
            })
        .detail("from float32");
  }

  private static CaseFamily requantize(ElementType from, ElementType to) {
    return CaseFamily.of(
            "QUANTIZE",
            Column.valueOf(to.name()),
            random -> {
              Shape shape = random.shape(1, 4, 6);
              Quantization.PerTensor source = random.quantization(from);
              Quantization.PerTensor target = random.quantization(to);
              if (random.chance(0.3)) {
                target = new Quantization.PerTensor(source.scale(), target.zeroPoint());
              }
              TensorType input = new TensorType(from, shape, source);
              // Larger ones overflow in TFLite, which C leaves undefined.
              Values values =
                  from == ElementType.INT32 ? Values.between(-100_000, 100_000) : Values.any();
              return SingleOpModel.of(BuiltinOperator.QUANTIZE, random)
                  .input(input, values)
                  .output(new TensorType(to, shape, target))
                  .sketch();
            })
        .detail("from " + from.label());
  }

  private static CaseFamily dequantize(ElementType from) {
    return CaseFamily.of(
            "DEQUANTIZE",
            Column.valueOf(from.name()),
            random -> {
              Shape shape = random.shape(1, 4, 6);
              return SingleOpModel.of(BuiltinOperator.DEQUANTIZE, random)
                  .input(new TensorType(from, shape, random.quantization(from)))
                  .output(TensorType.plain(ElementType.FLOAT32, shape))
                  .sketch();
            })
        .detail("to float32");
  }

  private static CaseFamily widen() {
    return CaseFamily.of(
            "DEQUANTIZE",
            Column.FLOAT16,
            random -> {
              Shape shape = random.shape(1, 4, 6);
              return SingleOpModel.of(BuiltinOperator.DEQUANTIZE, random)
                  .input(TensorType.plain(ElementType.FLOAT16, shape))
                  .output(TensorType.plain(ElementType.FLOAT32, shape))
                  .sketch();
            })
        .oracle(Agreement.EXACT)
        .emitted(Agreement.EXACT);
  }

  private static CaseFamily cast(ElementType from, ElementType to) {
    return CaseFamily.of(
            "CAST",
            Column.valueOf(to.name()),
            random -> {
              Shape shape = random.shape(1, 4, 6);
              CastOptionsT options = new CastOptionsT();
              // C leaves open what becomes of negative floats.
              Values values =
                  from.isFloat() && to == ElementType.UINT8 ? Values.reals(0, 250) : Values.any();
              return SingleOpModel.of(BuiltinOperator.CAST, random)
                  .options(options)
                  .input(TensorType.plain(from, shape), values)
                  .output(TensorType.plain(to, shape))
                  .sketch();
            })
        .detail("from " + from.label());
  }
}
