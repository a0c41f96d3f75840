package dev.mote.example.fashion;

import java.util.List;

/// What a network looks like and how it is fitted.
///
/// @param learningRate Adam's rate at the start; it falls to 0.00002 along a cosine
/// @param weightDecay part of every weight that a step takes away, per unit of the rate (decoupled
///     from Adam's moments, as in AdamW)
/// @param channelShrinkage what a step takes from the size of every channel's scale and shift, per
///     unit of the rate: channels that the network can do without vanish ("network slimming")
/// @param mirrored whether half of the training pictures are shown mirrored
record Network(
    String name,
    List<Stage> stages,
    float learningRate,
    float weightDecay,
    float channelShrinkage,
    boolean mirrored) {

  /// A convolution with the normalization and the ReLU behind it.
  record Stage(boolean depthwise, int kernel, int stride, int inputs, int outputs) {}

  /// The network of the int8 model: small and fast.
  static final Network SEPARABLE =
      new Network(
          "fashion-mnist",
          List.of(
              new Stage(false, 3, 2, 1, 16),
              new Stage(true, 3, 1, 16, 16),
              new Stage(false, 1, 1, 16, 32),
              new Stage(true, 3, 2, 32, 32),
              new Stage(false, 1, 1, 32, 48),
              new Stage(true, 3, 1, 48, 48),
              new Stage(false, 1, 1, 48, 64)),
          0.006f,
          0,
          0,
          false);

  /// The network of the float model: larger than it need be, as most are that are to be made
  /// smaller.
  static final Network GENEROUS =
      new Network(
          "fashion-mnist-float",
          List.of(
              new Stage(false, 3, 1, 1, 16),
              new Stage(false, 3, 2, 16, 32),
              new Stage(false, 3, 2, 32, 64),
              new Stage(false, 3, 1, 64, 64)),
          0.004f,
          0.03f,
          0.1f,
          true);

  Network {
    stages = List.copyOf(stages);
  }
}
