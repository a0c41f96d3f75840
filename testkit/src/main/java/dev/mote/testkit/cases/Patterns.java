package dev.mote.testkit.cases;

import dev.mote.ir.ElementType;
import dev.mote.ir.Quantization;
import dev.mote.ir.TensorType;

/// The patterns by which tensors are filled when a case does not say how.
final class Patterns {

  private Patterns() {}

  static byte[] draw(CaseRandom random, TensorType type) {
    if (type.element().isFloat()) {
      return drawFloats(random, type);
    }
    if (type.element() == ElementType.BOOL) {
      return Values.integers(type, _ -> random.chance(0.5) ? 1L : 0L);
    }
    long low = Math.max(type.element().minValue(), Integer.MIN_VALUE);
    long high = Math.min(type.element().maxValue(), Integer.MAX_VALUE);
    long zero =
        type.quantization() instanceof Quantization.PerTensor p
            ? p.zeroPoint()
            : Math.clamp(0, low, high);
    return switch (random.between(0, 7)) {
      case 0 -> Values.integers(type, _ -> random.chance(0.5) ? low : high);
      case 1 -> Values.integers(type, i -> i % 2 == 0 ? low : high);
      case 2 -> Values.integers(type, _ -> zero);
      case 3 -> Values.integers(type, _ -> Math.clamp(zero + random.between(-3, 3), low, high));
      default -> Values.integers(type, _ -> low + Math.floorMod(random.nextLong(), high - low + 1));
    };
  }

  private static byte[] drawFloats(CaseRandom random, TensorType type) {
    return switch (random.between(0, 6)) {
      case 0 -> Values.floats(type, _ -> random.chance(0.5) ? 0f : -0f);
      case 1 -> Values.floats(type, i -> i % 2 == 0 ? -8f : 8f);
      case 2 -> Values.floats(type, _ -> (float) random.between(-4, 4));
      case 3 -> Values.floats(type, _ -> 0.01f * (random.nextFloat() - 0.5f));
      default -> Values.floats(type, _ -> 8 * (random.nextFloat() - 0.5f));
    };
  }
}
