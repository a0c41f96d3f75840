/// What runs data through a model: reading samples, predictions, fidelity, calibration, search.
@org.jspecify.annotations.NullMarked
module dev.mote.optimizer {
  requires transitive dev.mote.emulator;
  requires transitive dev.mote.pipeline;
  requires dev.mote.reference;
  requires java.desktop;
  requires static transitive org.jspecify;

  exports dev.mote.optimizer.calibrate;
  exports dev.mote.optimizer.compress;
  exports dev.mote.optimizer.data;
  exports dev.mote.optimizer.fidelity;
  exports dev.mote.optimizer.run;
  exports dev.mote.optimizer.sensitivity;
  exports dev.mote.optimizer.search;
}
