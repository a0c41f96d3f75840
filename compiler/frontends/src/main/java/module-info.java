/// Readers of model file formats; the only importer of FlatBuffers.
@org.jspecify.annotations.NullMarked
module dev.mote.frontends {
  requires transitive dev.mote.plugin;
  requires static transitive org.jspecify;
  requires flatbuffers.java;

  exports dev.mote.frontends.tflite;

  provides dev.mote.plugin.ModelReader with
      dev.mote.frontends.tflite.TfliteReader;
}
