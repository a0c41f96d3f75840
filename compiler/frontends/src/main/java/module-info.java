/// Readers and writers of model file formats; the only importer of FlatBuffers and Protobuf.
@org.jspecify.annotations.NullMarked
module dev.mote.frontends {
  requires transitive dev.mote.plugin;
  requires static transitive org.jspecify;
  requires com.google.protobuf;
  requires flatbuffers.java;
  requires java.xml;

  exports dev.mote.frontends.classical;
  exports dev.mote.frontends.onnx;
  exports dev.mote.frontends.recipe;
  exports dev.mote.frontends.tflite;

  provides dev.mote.plugin.ModelReader with
      dev.mote.frontends.tflite.TfliteReader,
      dev.mote.frontends.onnx.OnnxReader,
      dev.mote.frontends.classical.LightgbmReader,
      dev.mote.frontends.classical.PmmlReader,
      dev.mote.frontends.classical.ScikitReader,
      dev.mote.frontends.classical.XgboostReader,
      dev.mote.frontends.recipe.RecipeReader;
  provides dev.mote.plugin.ModelWriter with
      dev.mote.frontends.tflite.TfliteWriter,
      dev.mote.frontends.onnx.OnnxWriter;
}
