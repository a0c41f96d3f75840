package dev.mote.pipeline.cascade;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import dev.mote.ir.TensorType;
import dev.mote.pipeline.cascade.Cascade.Home;
import dev.mote.pipeline.cascade.Cascade.Lines;
import dev.mote.pipeline.cascade.Cascade.Overlap;
import dev.mote.pipeline.cascade.Cascade.Reading;
import dev.mote.pipeline.cascade.Cascade.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One chain while it is put together: its lines with their capacities, its stages with what they
/// read.
final class ChainDraft {

  private final CascadeBuilder builder;
  private final Graph graph;
  private final List<Node> nodes;
  private final Optional<String> streamed;
  private final Strips strips;
  private final Map<String, Integer> producers = new LinkedHashMap<>();
  private final List<String> tensors = new ArrayList<>();

  ChainDraft(CascadeBuilder builder, List<Node> nodes, Optional<String> streamed, Strips strips) {
    this.builder = builder;
    this.graph = builder.graph();
    this.nodes = nodes;
    this.streamed = streamed;
    this.strips = strips;
    for (int stage = 0; stage < nodes.size(); stage++) {
      producers.put(nodes.get(stage).output(), stage);
    }
    for (Node node : nodes) {
      node.inputs().stream()
          .filter(this::isRead)
          .filter(t -> !tensors.contains(t))
          .forEach(tensors::add);
    }
    producers.keySet().stream().filter(t -> !tensors.contains(t)).forEach(tensors::add);
  }

  private boolean isRead(String tensor) {
    return !graph.tensor(tensor).isConstant();
  }

  Optional<Cascade> cascade() {
    Optional<String> pushed = pushedTensor();
    if (pushed.isEmpty()
        || tensors.size() > CascadeBuilder.MOST_LINES
        || nodes.size() > CascadeBuilder.MOST_LINES) {
      return Optional.empty();
    }
    int entry = tensors.indexOf(pushed.get());
    boolean streams = streamed.equals(pushed);
    List<Lines> lines = lines(entry, streams);
    List<Stage> stages = stages(lines);
    if (!isLegal(lines, stages, entry)) {
      return Optional.empty();
    }
    Rehearsal first = Rehearsal.of(stages, lines, entry);
    if (!first.complete()) {
      return Optional.empty();
    }
    List<Lines> sized = sized(lines, stages, first);
    Rehearsal second = Rehearsal.of(stages, sized, entry);
    return second.aligned()
        ? Optional.of(new Cascade(stages, sized, entry, streams, strips, overlaps(sized, second)))
        : Optional.empty();
  }

  /// The tensor whose rows set the pace: the streamed one, or else the first image from outside.
  private Optional<String> pushedTensor() {
    List<String> outside =
        tensors.stream()
            .filter(t -> !producers.containsKey(t))
            .filter(t -> graph.tensor(t).shape().rank() == 4)
            .toList();
    if (streamed.isPresent() && outside.contains(streamed.get())) {
      return streamed;
    }
    return outside.stream()
        .max(java.util.Comparator.comparingInt(t -> graph.tensor(t).shape().dim(1)));
  }

  private List<Lines> lines(int entry, boolean streams) {
    Map<String, int[]> padding = new HashMap<>();
    for (Node node : nodes) {
      RowRule rule = builder.row(node).orElseThrow().rule();
      if (!rule.collects() && rule.padTop() + rule.padBottom() > 0) {
        int[] most = padding.computeIfAbsent(node.input(0), _ -> new int[2]);
        most[0] = Math.max(most[0], rule.padTop());
        most[1] = Math.max(most[1], rule.padBottom());
      }
    }
    List<Lines> lines = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      Tensor tensor = graph.tensor(tensors.get(i));
      int[] pad = padding.getOrDefault(tensor.name(), new int[2]);
      int height = height(tensor);
      int producer = producers.getOrDefault(tensor.name(), -1);
      boolean exits = producer >= 0 && builder.leaves(tensor.name(), nodes);
      boolean patched = strips.count() > 1;
      boolean copied =
          i == entry && (streams || patched || pad[0] + pad[1] > 0 || !wordRows(tensor, height));
      int rowBytes = (int) (tensor.type().bytes() / height);
      if (patched && !exits) {
        rowBytes = (int) CascadeBuilder.pixelBytes(tensor) * strips.of(tensor.name()).width();
      }
      Home home = copied || (producer >= 0 && !exits) ? Home.RING : Home.TENSOR;
      lines.add(
          new Lines(
              tensor.name(),
              home,
              rowBytes,
              height,
              pad[0],
              pad[1],
              zero(tensor.type()),
              pad[0] + height + pad[1],
              producer,
              lastReader(tensor.name(), producer)));
    }
    return lines;
  }

  /// Rows of an image; tensors of fewer dimensions are one row that serves every row.
  private int height(Tensor tensor) {
    Integer producer = producers.get(tensor.name());
    boolean collected =
        producer != null && builder.row(nodes.get(producer)).orElseThrow().rule().collects();
    return tensor.shape().rank() == 4 && !collected ? tensor.shape().dim(1) : 1;
  }

  private boolean wordRows(Tensor tensor, int height) {
    return tensor.type().bytes() / height % 4 == 0;
  }

  private int zero(TensorType type) {
    return type.quantization() instanceof Quantization.PerTensor q && type.element().bits() == 8
        ? q.zeroPoint()
        : 0;
  }

  private int lastReader(String tensor, int producer) {
    int last = producer;
    for (int stage = 0; stage < nodes.size(); stage++) {
      if (nodes.get(stage).inputs().contains(tensor)) {
        last = Math.max(last, stage);
      }
    }
    return last;
  }

  /// Empty when a row of some patch cannot be lowered.
  private List<Stage> stages(List<Lines> lines) {
    List<Stage> stages = new ArrayList<>();
    for (Node node : nodes) {
      Optional<CascadeBuilder.Row> lowered =
          strips.count() > 1 ? builder.row(node, strips) : builder.row(node);
      if (lowered.isEmpty()) {
        return List.of();
      }
      CascadeBuilder.Row row = lowered.get();
      List<Reading> readings = new ArrayList<>();
      for (int input = 0; input < node.inputs().size(); input++) {
        if (isRead(node.input(input))) {
          int index = tensors.indexOf(node.input(input));
          readings.add(reading(node, row.rule(), input, index, lines.get(index)));
        }
      }
      Tensor counted = graph.tensor(row.rule().collects() ? node.input(0) : node.output());
      stages.add(
          new Stage(
              node,
              row.kernel().call(),
              row.kernel().cost(),
              readings,
              tensors.indexOf(node.output()),
              counted.shape().dim(1),
              row.rule().collects()));
    }
    return stages;
  }

  private Reading reading(Node node, RowRule rule, int input, int index, Lines line) {
    int runs = graph.tensor(rule.collects() ? node.input(0) : node.output()).shape().dim(1);
    boolean windows = input == 0 && (rule.rows() > 1 || rule.stride() > 1 || rule.padTop() > 0);
    boolean serves = !windows && line.height() == 1 && runs > 1;
    return serves
        ? new Reading(input, index, line.padTop(), 0, 1, 0)
        : new Reading(
            input,
            index,
            line.padTop() - rule.padTop(),
            rule.stride(),
            rule.rows(),
            skip(node, line));
  }

  /// Bytes of a patch's row of `line` before the first column that `node` reads.
  private int skip(Node node, Lines line) {
    if (strips.count() == 1) {
      return 0;
    }
    Strips.Reach reach = Strips.Reach.of(node).orElseThrow();
    int first = strips.of(node.output()).origin() * reach.stride() - reach.padLeft();
    int columns = first - strips.of(line.tensor()).origin();
    return columns * (int) CascadeBuilder.pixelBytes(graph.tensor(line.tensor()));
  }

  private boolean isLegal(List<Lines> lines, List<Stage> stages, int entry) {
    if (stages.isEmpty()) {
      return false;
    }
    for (int i = 0; i < lines.size(); i++) {
      Lines line = lines.get(i);
      Strips.Columns columns = strips.columns().get(line.tensor());
      boolean wider = columns != null && line.home() != Home.TENSOR;
      boolean padded = line.padTop() + line.padBottom() > 0 || wider;
      if (line.extent() > CascadeBuilder.MOST_ROWS || (padded && line.home() == Home.TENSOR)) {
        return false;
      }
      Tensor tensor = graph.tensor(line.tensor());
      boolean sameBytes =
          tensor.element().bits() == 8 || line.zero() == 0 && isZeroBased(tensor.type());
      if (padded && !sameBytes) {
        return false;
      }
      boolean read =
          stages.stream()
              .flatMap(s -> s.readings().stream())
              .anyMatch(r -> r.lines() == lines.indexOf(line));
      if (i == entry
          && (!read
              || stages.stream()
                  .flatMap(s -> s.readings().stream())
                  .anyMatch(r -> r.lines() == entry && r.stride() == 0))) {
        return false;
      }
    }
    return stages.stream().allMatch(stage -> stage.readings().size() <= CascadeBuilder.MOST_INPUTS);
  }

  private boolean isZeroBased(TensorType type) {
    return !(type.quantization() instanceof Quantization.PerTensor q) || q.zeroPoint() == 0;
  }

  private List<Lines> sized(List<Lines> lines, List<Stage> stages, Rehearsal rehearsal) {
    List<Lines> sized = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Lines line = lines.get(i);
      int index = i;
      long reads =
          stages.stream()
              .flatMap(s -> s.readings().stream())
              .filter(r -> r.lines() == index)
              .count();
      boolean passing =
          line.home() == Home.RING && line.producer() >= 0 && reads == 1 && rehearsal.passes(i);
      sized.add(
          new Lines(
              line.tensor(),
              passing ? Home.PASSING : line.home(),
              line.rowBytes(),
              line.height(),
              line.padTop(),
              line.padBottom(),
              line.zero(),
              line.home() == Home.RING ? rehearsal.capacity(i) : line.extent(),
              line.producer(),
              line.lastReader()));
    }
    return sized;
  }

  /// A tensor that each patch reads is used up by the last one only.
  private List<Overlap> overlaps(List<Lines> lines, Rehearsal rehearsal) {
    List<Overlap> overlaps = new ArrayList<>();
    if (strips.count() > 1) {
      return overlaps;
    }
    for (int written = 0; written < lines.size(); written++) {
      boolean exits =
          lines.get(written).producer() >= 0 && lines.get(written).home() == Home.TENSOR;
      for (int read = 0; exits && read < lines.size(); read++) {
        if (lines.get(read).producer() < 0) {
          overlaps.add(
              new Overlap(
                  lines.get(written).tensor(),
                  lines.get(read).tensor(),
                  rehearsal.distance(written, read)));
        }
      }
    }
    return overlaps;
  }
}
