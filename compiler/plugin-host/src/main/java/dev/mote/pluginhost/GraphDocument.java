package dev.mote.pluginhost;

import dev.mote.ir.Graph;
import dev.mote.ir.Node;
import dev.mote.ir.Quantization;
import dev.mote.ir.Tensor;
import dev.mote.pluginhost.json.Json;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A graph for a compiler of another language: a JSON document, and the constants' bytes beside it.
/// Floats stand as the doubles that are equal to them.
///
/// @param json the document
/// @param data constants, one after the other, each at a multiple of 8
record GraphDocument(byte[] json, byte[] data) {

  private static final int ALIGNMENT = 8;

  static GraphDocument of(Graph graph) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("version", 1);
    document.put("name", graph.name());
    document.put("inputs", graph.inputs());
    document.put("outputs", graph.outputs());
    document.put("variables", graph.variables());
    document.put("tensors", graph.tensors().values().stream().map(t -> tensor(t, data)).toList());
    document.put("nodes", graph.nodes().stream().map(GraphDocument::node).toList());
    return new GraphDocument(
        Json.line(document).getBytes(StandardCharsets.UTF_8), data.toByteArray());
  }

  private static Map<String, Object> tensor(Tensor tensor, ByteArrayOutputStream data) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", tensor.name());
    object.put("element", tensor.element().name().toLowerCase(Locale.ROOT));
    object.put("shape", tensor.shape().dims());
    switch (tensor.quantization()) {
      case Quantization.None _ -> {}
      case Quantization.PerTensor q ->
          object.put(
              "quantization", members("scale", (double) q.scale(), "zeroPoint", q.zeroPoint()));
      case Quantization.PerChannel q ->
          object.put(
              "quantization",
              members(
                  "axis",
                  q.axis(),
                  "scales",
                  q.scales().stream().map(Float::doubleValue).toList()));
    }
    tensor
        .data()
        .ifPresent(
            blob -> {
              while (data.size() % ALIGNMENT != 0) {
                data.write(0);
              }
              object.put("data", members("offset", data.size(), "bytes", blob.size()));
              data.writeBytes(blob.toByteArray());
            });
    return object;
  }

  /// Two members in this order.
  private static Map<String, Object> members(
      String first, Object one, String second, Object other) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put(first, one);
    object.put(second, other);
    return object;
  }

  private static Map<String, Object> node(Node node) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", node.name());
    object.put("op", node.op().getClass().getSimpleName());
    object.put("attributes", fields((Record) node.op()));
    object.put("inputs", node.inputs());
    object.put("outputs", node.outputs());
    return object;
  }

  private static Map<String, Object> fields(Record value) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      fields.put(component.getName(), attribute(get(component, value)));
    }
    return fields;
  }

  private static Object attribute(Object value) {
    return switch (value) {
      case Record r -> fields(r);
      case Enum<?> e -> e.name();
      case Float f -> f.doubleValue();
      case List<?> list -> {
        List<Object> items = new ArrayList<>();
        list.forEach(item -> items.add(attribute(item)));
        yield items;
      }
      default -> value;
    };
  }

  private static Object get(RecordComponent component, Record value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new AssertionError("an accessor of a public record", e);
    }
  }
}
