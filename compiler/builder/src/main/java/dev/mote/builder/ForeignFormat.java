package dev.mote.builder;

import dev.mote.ir.Blob;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// Models that Mote does not read, but knows how to be exported: those that only their own Python
/// library can load, often by running what is in them.
enum ForeignFormat {
  KERAS(
      "a Keras model",
      "export it in Python: tf.lite.TFLiteConverter.from_keras_model(model).convert() gives the bytes"
          + " of a .tflite file, tf2onnx.convert.from_keras(model, output_path=\"model.onnx\") one of"
          + " ONNX."),
  SAVED_MODEL(
      "a TensorFlow SavedModel",
      "export it in Python: tf.lite.TFLiteConverter.from_saved_model(folder).convert() gives the bytes"
          + " of a .tflite file."),
  PYTORCH(
      "a PyTorch model",
      "export it in Python: torch.onnx.export(model.eval(), torch.zeros(1, 3, 32, 32), \"model.onnx\"),"
          + " with the shape of your input."),
  PICKLE(
      "a Python pickle, which can run any code when it is loaded",
      "export a scikit-learn model with examples/scikit-learn/export.py or skl2onnx, a PyTorch model"
          + " with torch.onnx.export, boosted trees with their save_model to JSON or text."),
  XGBOOST_BINARY(
      "an XGBoost model in binary form", "save it as JSON: model.save_model(\"model.json\").");

  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] BINF = {'b', 'i', 'n', 'f'};
  private static final int PICKLE_MARK = 0x80;
  private static final int NEWEST_PICKLE = 5;
  private static final int DIRECTORY_BYTES = 1 << 16;

  private final String what;
  private final String fix;

  ForeignFormat(String what, String fix) {
    this.what = what;
    this.fix = fix;
  }

  /// Ends "it is …".
  String what() {
    return what;
  }

  String fix() {
    return fix;
  }

  /// The format of `bytes` from a file called `name`; empty when it is none of these.
  static Optional<ForeignFormat> of(Blob bytes, String name) {
    ByteBuffer data = bytes.buffer();
    String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (startsWith(data, HDF5)) {
      return Optional.of(KERAS);
    }
    if (startsWith(data, ZIP)) {
      return ofArchive(bytes, suffix);
    }
    if (startsWith(data, BINF) || suffix.equals("ubj")) {
      return Optional.of(XGBOOST_BINARY);
    }
    if (suffix.equals("pb")) {
      return Optional.of(SAVED_MODEL);
    }
    boolean pickle =
        data.limit() > 2
            && (data.get(0) & 0xff) == PICKLE_MARK
            && data.get(1) >= 2
            && data.get(1) <= NEWEST_PICKLE;
    if (pickle || suffix.equals("pkl") || suffix.equals("joblib")) {
      return Optional.of(suffix.equals("pt") || suffix.equals("pth") ? PYTORCH : PICKLE);
    }
    return Optional.empty();
  }

  private static Optional<ForeignFormat> ofArchive(Blob bytes, String suffix) {
    String directory = endOf(bytes);
    if (suffix.equals("keras") || directory.contains("model.weights.h5")) {
      return Optional.of(KERAS);
    }
    boolean torch = suffix.equals("pt") || suffix.equals("pth") || directory.contains("data.pkl");
    return torch ? Optional.of(PYTORCH) : Optional.empty();
  }

  /// The end of an archive, where the names of its files stand; nothing is unpacked.
  private static String endOf(Blob bytes) {
    ByteBuffer data = bytes.buffer();
    byte[] end = new byte[Math.min(data.limit(), DIRECTORY_BYTES)];
    data.get(data.limit() - end.length, end);
    return new String(end, StandardCharsets.ISO_8859_1);
  }

  private static boolean startsWith(ByteBuffer data, byte[] mark) {
    return data.limit() >= mark.length && data.slice(0, mark.length).equals(ByteBuffer.wrap(mark));
  }
}
