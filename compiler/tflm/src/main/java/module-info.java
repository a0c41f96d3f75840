/// Models for devices whose firmware carries TensorFlow Lite Micro.
@org.jspecify.annotations.NullMarked
module dev.mote.tflm {
  requires transitive dev.mote.plugin;
  requires static transitive org.jspecify;

  exports dev.mote.tflm;

  provides dev.mote.plugin.Compiler with
      dev.mote.tflm.TflmCompiler;
}
