package dev.mote.frontends.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.mote.frontends.onnx.schema.OnnxMl.ModelProto;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.plugin.ModelReader;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/// Reads ONNX models. Bytes are hostile until proved otherwise: any file ends as a graph or as
/// diagnostics, within [OnnxLimits].
public final class OnnxReader implements ModelReader {

  private static final int FIELD_IR_VERSION = 1;
  private static final int FIELD_GRAPH = 7;

  /// Numbers of the fields that a model has.
  private static final Set<Integer> FIELDS = Set.of(1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25);

  @Override
  public String format() {
    return "onnx";
  }

  /// ONNX has no magic number: the top level must be a message with a model's fields, a graph among
  /// them.
  @Override
  public boolean accepts(Blob model, String fileName) {
    if (model.size() < 4 || model.size() > OnnxLimits.FILE_BYTES) {
      return fileName.endsWith(".onnx");
    }
    return fileName.endsWith(".onnx")
        || looksLikeModel(CodedInputStream.newInstance(model.buffer()));
  }

  private static boolean looksLikeModel(CodedInputStream input) {
    try {
      boolean version = false;
      boolean graph = false;
      for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        if (!FIELDS.contains(field) || !input.skipField(tag)) {
          return false;
        }
        version |= field == FIELD_IR_VERSION;
        graph |= field == FIELD_GRAPH;
      }
      return version && graph;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public Result read(Blob model, String fileName, Options options) {
    String where = OnnxNames.printable(fileName);
    try {
      if (model.size() > OnnxLimits.FILE_BYTES) {
        return refused(
            OnnxProblem.TOO_LARGE.at(
                where,
                "it has %d bytes; at most %d are read"
                    .formatted(model.size(), OnnxLimits.FILE_BYTES),
                "give a model made for microcontrollers."));
      }
      if (!looksLikeModel(CodedInputStream.newInstance(model.buffer()))) {
        return refused(
            OnnxProblem.NOT_ONNX.at(
                where,
                "it is not an ONNX model, or cut off: its top level is no model with a version and a"
                    + " graph",
                "give a .onnx file; copy or download it again."));
      }
      return new OnnxImport(where, parse(model), model.size(), options).run();
    } catch (InvalidProtocolBufferException e) {
      return refused(
          OnnxProblem.DAMAGED.at(
              where,
              "it is damaged: " + e.getMessage(),
              "copy or download the file again; if it stays so, export the model again."));
    } catch (OnnxRefusal refusal) {
      return refused(refusal.diagnostic());
    } catch (RuntimeException e) {
      // The last guard: a file that the checks should have caught must still not end the caller.
      return refused(
          OnnxProblem.INTERNAL.at(
              where,
              "the reader failed: " + e,
              "please report this with the model; exporting the model again may help."));
    }
  }

  private static ModelProto parse(Blob model) throws InvalidProtocolBufferException {
    CodedInputStream input = CodedInputStream.newInstance(model.buffer());
    input.setRecursionLimit(OnnxLimits.NESTING);
    try {
      return ModelProto.parseFrom(input);
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }

  private static Result refused(Diagnostic problem) {
    return new Result.Refused(List.of(problem));
  }
}
