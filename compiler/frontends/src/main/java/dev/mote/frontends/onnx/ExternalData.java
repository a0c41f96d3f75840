package dev.mote.frontends.onnx;

import com.google.protobuf.ByteString;
import dev.mote.frontends.onnx.schema.OnnxMl.StringStringEntryProto;
import dev.mote.frontends.onnx.schema.OnnxMl.TensorProto;
import dev.mote.ir.ElementType;
import dev.mote.ir.TensorType;
import dev.mote.plugin.Companions;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Constants that lie in files beside the model. What the model says about them is hostile: only
/// files below the model's folder are asked for, and only as many bytes as the constant's type has.
final class ExternalData {

  private static final int LONGEST_LOCATION = 1024;
  private static final String FIX =
      "save the model with its data inside: onnx.save(onnx.load(path), path,"
          + " save_as_external_data=False).";

  private final Optional<Companions> companions;
  private long left = OnnxLimits.FILE_BYTES;

  ExternalData(Optional<Companions> companions) {
    this.companions = companions;
  }

  static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL
        || tensor.getExternalDataCount() > 0;
  }

  /// `tensor` with its data inside.
  ///
  /// @throws OnnxRefusal when they are not to be had
  TensorProto inside(TensorProto tensor, String where) {
    if (!isExternal(tensor)) {
      return tensor;
    }
    Companions files =
        companions.orElseThrow(
            () ->
                refusal(
                    where, "its data lie outside of the model's file, which is all that is read"));
    Map<String, String> entries = new HashMap<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      if (entries.put(entry.getKey(), entry.getValue()) != null) {
        throw refusal(where, "it says '%s' twice".formatted(OnnxNames.printable(entry.getKey())));
      }
    }
    ElementType element = TensorData.element(tensor.getDataType(), where);
    TensorType type =
        TensorType.plain(element, TensorData.shape(tensor.getDimsList(), element, where));
    String location = location(entries.getOrDefault("location", ""), where);
    long offset = number(entries.getOrDefault("offset", "0"), "offset", where);
    long length = number(entries.getOrDefault("length", "" + type.bytes()), "length", where);
    if (length != type.bytes()) {
      throw refusal(
          where,
          "its data have %d bytes, its type %s[%s] needs %d"
              .formatted(length, element.label(), type.shape(), type.bytes()));
    }
    left -= length;
    if (left < 0) {
      throw new OnnxRefusal(
          OnnxProblem.TOO_LARGE.at(
              where,
              "the model's data have more than %d MiB".formatted(OnnxLimits.FILE_BYTES >> 20),
              "give a model made for microcontrollers."));
    }
    try {
      byte[] bytes = files.read(location, offset, (int) length);
      return tensor.toBuilder()
          .clearExternalData()
          .clearDataLocation()
          .setRawData(ByteString.copyFrom(bytes))
          .build();
    } catch (IOException e) {
      throw refusal(
          where,
          "its data cannot be read from '%s': %s"
              .formatted(OnnxNames.printable(location), OnnxNames.printable("" + e.getMessage())));
    }
  }

  /// A relative path that goes down only.
  private static String location(String text, String where) {
    boolean plain =
        !text.isEmpty()
            && text.length() <= LONGEST_LOCATION
            && text.chars().noneMatch(c -> c == '\\' || c == ':' || Character.isISOControl(c))
            && List.of(text.split("/", -1)).stream()
                .noneMatch(name -> name.isEmpty() || name.equals("..") || name.equals("."));
    if (!plain) {
      throw refusal(
          where,
          "its data lie in '%s', which is no file below the model's folder"
              .formatted(OnnxNames.printable(text)));
    }
    return text;
  }

  private static long number(String text, String what, String where) {
    if (!text.matches("[0-9]{1,18}")) {
      throw refusal(where, "its data's %s is '%s'".formatted(what, OnnxNames.printable(text)));
    }
    return Long.parseLong(text);
  }

  private static OnnxRefusal refusal(String where, String what) {
    return new OnnxRefusal(OnnxProblem.EXTERNAL_DATA.at(where, what, FIX));
  }
}
