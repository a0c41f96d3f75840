/// Readers of model file formats; the only importer of FlatBuffers.
@org.jspecify.annotations.NullMarked
module dev.mote.frontends {
  requires transitive dev.mote.plugin;
  requires static transitive org.jspecify;
  requires flatbuffers.java;
}
