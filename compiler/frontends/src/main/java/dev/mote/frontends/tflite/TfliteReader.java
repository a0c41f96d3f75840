package dev.mote.frontends.tflite;

import dev.mote.frontends.tflite.schema.Model;
import dev.mote.ir.Blob;
import dev.mote.ir.Diagnostic;
import dev.mote.plugin.ModelReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/// Reads TFLite models. Bytes are hostile until proved otherwise: any file ends as a graph or as
/// diagnostics, within the time and memory of [Limits].
public final class TfliteReader implements ModelReader {

  private static final int IDENTIFIER_OFFSET = 4;
  private static final int SMALLEST_FILE = 8;
  private static final long SCHEMA_VERSION = 3;

  @Override
  public String format() {
    return "tflite";
  }

  @Override
  public boolean accepts(Blob model, String fileName) {
    return model.size() >= SMALLEST_FILE && identifier(model.buffer()).equals("TFL3");
  }

  @Override
  public Result read(Blob model, String fileName, Options options) {
    try {
      Optional<Diagnostic> problem = findFault(model, fileName);
      if (problem.isPresent()) {
        return new Result.Refused(List.of(problem.get()));
      }
      ByteBuffer file = model.buffer();
      return new ModelImport(fileName, file, Model.getRootAsModel(file), options).run();
    } catch (Refusal refusal) {
      return new Result.Refused(List.of(refusal.diagnostic()));
    } catch (RuntimeException e) {
      // The last guard: a file that the checks should have caught must still not end the caller.
      return new Result.Refused(
          List.of(
              ReadProblem.INTERNAL.at(
                  fileName,
                  "the reader failed: " + e,
                  "please report this with the model; exporting the model again may help.")));
    }
  }

  private static Optional<Diagnostic> findFault(Blob model, String fileName) {
    if (model.size() < SMALLEST_FILE) {
      return Optional.of(
          ReadProblem.NOT_TFLITE.at(
              fileName,
              "it has %d bytes, too few for a TFLite model".formatted(model.size()),
              "give a .tflite file."));
    }
    if (model.size() > Limits.FILE_BYTES) {
      return Optional.of(
          ReadProblem.TOO_LARGE.at(
              fileName,
              "it has %d bytes; at most %d are read".formatted(model.size(), Limits.FILE_BYTES),
              "give a model made for microcontrollers."));
    }
    ByteBuffer file = model.buffer();
    if (!identifier(file).equals("TFL3")) {
      return Optional.of(
          ReadProblem.NOT_TFLITE.at(
              fileName,
              "bytes 4 to 7 are not 'TFL3', the mark of a TFLite model",
              "give a .tflite file; other formats need to be converted first."));
    }
    Optional<String> damage = FlatbufferCheck.findDamage(file);
    if (damage.isPresent()) {
      return Optional.of(
          ReadProblem.DAMAGED.at(
              fileName,
              "it is damaged: " + damage.get(),
              "copy or download the file again; if it stays so, export the model again."));
    }
    long version = Model.getRootAsModel(file).version();
    if (version != SCHEMA_VERSION) {
      return Optional.of(
          ReadProblem.SCHEMA_VERSION.at(
              fileName,
              "it has schema version %d; only version 3 is supported".formatted(version),
              "export the model with TensorFlow 1.7 or newer."));
    }
    return Optional.empty();
  }

  private static String identifier(ByteBuffer file) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      text.append((char) Byte.toUnsignedInt(file.get(IDENTIFIER_OFFSET + i)));
    }
    return text.toString();
  }
}
