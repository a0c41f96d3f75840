package dev.mote.optimizer.fidelity;

import java.util.Locale;

/// Some of many, with what that says of all others: a part and its 95 % confidence interval.
///
/// The interval is E. B. Wilson's, "Probable Inference, the Law of Succession, and Statistical
/// Inference" (1927), which is sound for few samples and for parts near 0 and 1.
///
/// @param count how many
/// @param of out of how many; ≥ count
public record Share(int count, int of) {

  /// The 97.5th percentile of the normal distribution.
  private static final double Z = 1.959963984540054;

  public Share {
    if (count < 0 || count > of) {
      throw new IllegalArgumentException(count + " of " + of);
    }
  }

  /// The part, 0 … 1; NaN of nothing.
  public double value() {
    return (double) count / of;
  }

  /// Lower end of the interval; 0 of nothing.
  public double low() {
    return of == 0 ? 0 : Math.max(0, centre() - reach());
  }

  /// Upper end of the interval; 1 of nothing.
  public double high() {
    return of == 0 ? 1 : Math.min(1, centre() + reach());
  }

  private double centre() {
    return (value() + Z * Z / (2 * of)) / (1 + Z * Z / of);
  }

  private double reach() {
    double part = value();
    return Z * Math.sqrt(part * (1 - part) / of + Z * Z / (4.0 * of * of)) / (1 + Z * Z / of);
  }

  /// `91.43 %`; `-` of nothing.
  public String percent() {
    return of == 0 ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * value());
  }

  /// `90.87 … 91.96 %`.
  public String interval() {
    return String.format(Locale.ROOT, "%.2f … %.2f %%", 100 * low(), 100 * high());
  }
}
