package dev.mote.example.fashion;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Fits the float network with DJL, on one thread and with fixed seeds.
final class Training implements AutoCloseable {

  private static final int BATCH = 128;
  private static final int SEED = 1;
  private static final float NORMALIZATION_EPSILON = 1e-5f;

  private static final float LAST_RATE = 0.00002f;

  private final Network design;
  private final Model model;
  private final Trainer trainer;
  private final List<Block> convolutions = new ArrayList<>();
  private final List<Block> normalizations = new ArrayList<>();
  private final Linear dense;
  private final Tracker rate;
  private int steps;

  /// An untrained network, to be fitted in `steps` steps.
  private Training(Network design, int steps) {
    this.design = design;
    Engine.getInstance().setRandomSeed(SEED);
    SequentialBlock network = new SequentialBlock();
    for (Network.Stage stage : design.stages()) {
      convolutions.add(convolution(network, stage));
      BatchNorm normalization = BatchNorm.builder().optEpsilon(NORMALIZATION_EPSILON).build();
      normalizations.add(normalization);
      network.add(normalization).add(Activation.reluBlock());
    }
    dense = Linear.builder().setUnits(Pictures.CLASSES.size()).build();
    network.add(Pool.globalAvgPool2dBlock()).add(dense);
    model = Model.newInstance(design.name(), Device.cpu());
    model.setBlock(network);
    rate =
        Tracker.cosine()
            .setBaseValue(design.learningRate())
            .optFinalValue(LAST_RATE)
            .setMaxUpdates(steps)
            .build();
    trainer =
        model.newTrainer(
            new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss())
                .optOptimizer(Optimizer.adam().optLearningRateTracker(rate).build())
                .optDevices(new Device[] {Device.cpu()}));
    trainer.initialize(new Shape(1, 1, Pictures.SIDE, Pictures.SIDE));
  }

  private static Block convolution(SequentialBlock network, Network.Stage stage) {
    int border = stage.kernel() / 2;
    if (stage.stride() == 2) {
      // Of an even side TFLite's padding SAME extends only the bottom and the right.
      network.add(
          new LambdaBlock(
              list -> new NDList(list.singletonOrThrow().pad(new Shape(0, 1, 0, 1), 0)), "border"));
      border = 0;
    }
    Conv2d convolution =
        Conv2d.builder()
            .setKernelShape(new Shape(stage.kernel(), stage.kernel()))
            .setFilters(stage.outputs())
            .optStride(new Shape(stage.stride(), stage.stride()))
            .optPadding(new Shape(border, border))
            .optGroups(stage.depthwise() ? stage.inputs() : 1)
            .optBias(false)
            .build();
    network.add(convolution);
    return convolution;
  }

  /// Fits a network of this `design` in `epochs` rounds through `pictures`.
  static Training run(Network design, Pictures pictures, int epochs) {
    int batches = pictures.count() / BATCH;
    Training training = new Training(design, epochs * batches);
    SplittableRandom random = new SplittableRandom(SEED);
    int[] order = new int[pictures.count()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    for (int epoch = 1; epoch <= epochs; epoch++) {
      shuffle(order, random);
      double loss = 0;
      for (int batch = 0; batch < batches; batch++) {
        loss += training.step(pictures, order, batch * BATCH, random);
      }
      System.err.printf("epoch %d of %d: mean loss %.4f%n", epoch, epochs, loss / batches);
    }
    return training;
  }

  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int picture = order[i];
      order[i] = order[j];
      order[j] = picture;
    }
  }

  private float step(Pictures pictures, int[] order, int from, SplittableRandom random) {
    try (NDManager manager = trainer.getManager().newSubManager()) {
      NDList labels = new NDList(manager.create(labels(pictures, order, from)));
      NDArray shown = batch(manager, pictures, order, from, BATCH);
      if (design.mirrored() && random.nextBoolean()) {
        shown = shown.flip(3);
      }
      NDList input = new NDList(shown);
      float value;
      try (GradientCollector gradients = trainer.newGradientCollector()) {
        NDArray loss = trainer.getLoss().evaluate(labels, trainer.forward(input));
        gradients.backward(loss);
        value = loss.getFloat();
      }
      trainer.step();
      shrink(rate.getNewValue(steps++));
      return value;
    }
  }

  /// Makes weights and channels a little smaller, apart from what the gradient says.
  private void shrink(float rate) {
    if (design.weightDecay() > 0) {
      for (Block convolution : convolutions) {
        array(convolution, "weight").muli(1 - rate * design.weightDecay());
      }
      array(dense, "weight").muli(1 - rate * design.weightDecay());
    }
    float most = rate * design.channelShrinkage();
    if (most > 0) {
      for (Block normalization : normalizations) {
        for (String name : List.of("gamma", "beta")) {
          NDArray values = array(normalization, name);
          try (NDArray less = values.clip(-most, most)) {
            values.subi(less);
          }
        }
      }
    }
  }

  private static NDArray array(Block block, String parameter) {
    return block.getParameters().get(parameter).getArray();
  }

  /// How many channels of each convolution have no effect any more.
  List<Integer> vanishedChannels() {
    return normalizations.stream()
        .map(
            normalization -> {
              int vanished = 0;
              for (float scale : array(normalization, "gamma").toFloatArray()) {
                vanished += Math.abs(scale) < 0.01f ? 1 : 0;
              }
              return vanished;
            })
        .toList();
  }

  private static float[] labels(Pictures pictures, int[] order, int from) {
    float[] labels = new float[BATCH];
    for (int i = 0; i < BATCH; i++) {
      labels[i] = pictures.label(order[from + i]);
    }
    return labels;
  }

  private static NDArray batch(
      NDManager manager, Pictures pictures, int[] order, int from, int count) {
    float[] values = new float[count * Pictures.PIXELS];
    for (int i = 0; i < count; i++) {
      System.arraycopy(
          pictures.real(order[from + i]), 0, values, i * Pictures.PIXELS, Pictures.PIXELS);
    }
    return manager.create(values, new Shape(count, 1, Pictures.SIDE, Pictures.SIDE));
  }

  /// Pictures that the network classifies as their label says.
  int correct(Pictures pictures) {
    int[] order = new int[pictures.count()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    int correct = 0;
    for (int from = 0; from < order.length; from += BATCH) {
      int count = Math.min(BATCH, order.length - from);
      try (NDManager manager = trainer.getManager().newSubManager()) {
        NDArray scores =
            trainer.evaluate(new NDList(batch(manager, pictures, order, from, count))).head();
        long[] classes = scores.argMax(1).toLongArray();
        for (int i = 0; i < count; i++) {
          correct += classes[i] == pictures.label(from + i) ? 1 : 0;
        }
      }
    }
    return correct;
  }

  /// The trained layers, in TFLite's order of weights.
  List<FloatLayer> layers() {
    List<FloatLayer> layers = new ArrayList<>();
    int side = Pictures.SIDE;
    for (int i = 0; i < design.stages().size(); i++) {
      FloatLayer layer =
          folded(design.stages().get(i), side, convolutions.get(i), normalizations.get(i));
      layers.add(layer);
      side = layer.outputSide();
    }
    int channels = design.stages().getLast().outputs();
    layers.add(
        new FloatLayer(
            FloatLayer.Kind.MEAN, side, 1, side, channels, channels, new float[0], new float[0]));
    layers.add(
        new FloatLayer(
            FloatLayer.Kind.DENSE,
            1,
            1,
            1,
            channels,
            Pictures.CLASSES.size(),
            parameter(dense, "weight"),
            parameter(dense, "bias")));
    return layers;
  }

  /// A convolution whose normalization, an affine function of each channel, is part of it.
  private static FloatLayer folded(
      Network.Stage stage, int side, Block convolution, Block normalization) {
    float[] weights = parameter(convolution, "weight");
    float[] gamma = parameter(normalization, "gamma");
    float[] beta = parameter(normalization, "beta");
    float[] mean = parameter(normalization, "runningMean");
    float[] variance = parameter(normalization, "runningVar");
    float[] factors = new float[stage.outputs()];
    float[] bias = new float[stage.outputs()];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = gamma[i] / (float) Math.sqrt(variance[i] + NORMALIZATION_EPSILON);
      bias[i] = beta[i] - mean[i] * factors[i];
    }
    int kernelPixels = stage.kernel() * stage.kernel();
    int depth = stage.depthwise() ? 1 : stage.inputs();
    float[] ordered = new float[weights.length];
    for (int out = 0; out < stage.outputs(); out++) {
      for (int in = 0; in < depth; in++) {
        for (int pixel = 0; pixel < kernelPixels; pixel++) {
          int to =
              stage.depthwise()
                  ? pixel * stage.outputs() + out
                  : (out * kernelPixels + pixel) * depth + in;
          ordered[to] = weights[(out * depth + in) * kernelPixels + pixel] * factors[out];
        }
      }
    }
    return new FloatLayer(
        stage.depthwise() ? FloatLayer.Kind.DEPTHWISE : FloatLayer.Kind.CONVOLUTION,
        stage.kernel(),
        stage.stride(),
        side,
        stage.inputs(),
        stage.outputs(),
        ordered,
        bias);
  }

  private static float[] parameter(Block block, String name) {
    return array(block, name).toFloatArray();
  }

  @Override
  public void close() {
    trainer.close();
    model.close();
  }
}
