package dev.mote.plugin;

import java.util.OptionalLong;

/// What one inference takes, as far as it is known.
///
/// @param cycles processor cycles at the target's highest clock, waiting for memories included
/// @param instructions executed instructions
/// @param ramBytes arena, and other RAM that the module takes while it runs; no stack
/// @param flashBytes constants and code; of code that the firmware carries anyway nothing
/// @param nanojoules energy of one inference
public record Cost(
    Figure cycles, Figure instructions, Figure ramBytes, Figure flashBytes, Figure nanojoules) {

  /// Nothing is known.
  public static final Cost UNKNOWN =
      new Cost(Figure.UNKNOWN, Figure.UNKNOWN, Figure.UNKNOWN, Figure.UNKNOWN, Figure.UNKNOWN);

  public Cost withCycles(Figure figure) {
    return new Cost(figure, instructions, ramBytes, flashBytes, nanojoules);
  }

  public Cost withInstructions(Figure figure) {
    return new Cost(cycles, figure, ramBytes, flashBytes, nanojoules);
  }

  public Cost withRam(Figure figure) {
    return new Cost(cycles, instructions, figure, flashBytes, nanojoules);
  }

  public Cost withFlash(Figure figure) {
    return new Cost(cycles, instructions, ramBytes, figure, nanojoules);
  }

  public Cost withEnergy(Figure figure) {
    return new Cost(cycles, instructions, ramBytes, flashBytes, figure);
  }

  /// A number, and how sure it is.
  ///
  /// @param amount not negative; 0 when it is not known
  /// @param certainty how it was found
  public record Figure(long amount, Certainty certainty) {

    /// A figure that nobody knows.
    public static final Figure UNKNOWN = new Figure(0, Certainty.UNKNOWN);

    public Figure {
      if (amount < 0 || (certainty == Certainty.UNKNOWN && amount != 0)) {
        throw new IllegalArgumentException("no figure: " + amount + " " + certainty);
      }
    }

    /// From running or linking this very module.
    public static Figure measured(long amount) {
      return new Figure(amount, Certainty.MEASURED);
    }

    /// From a model of the cost.
    public static Figure estimated(long amount) {
      return new Figure(amount, Certainty.ESTIMATED);
    }

    public boolean isKnown() {
      return certainty != Certainty.UNKNOWN;
    }

    /// The amount, if it is known.
    public OptionalLong known() {
      return isKnown() ? OptionalLong.of(amount) : OptionalLong.empty();
    }
  }

  /// How sure a figure is.
  public enum Certainty {
    /// The module itself was built, run or linked. A size that is exact by construction counts.
    MEASURED,
    ESTIMATED,
    UNKNOWN
  }
}
