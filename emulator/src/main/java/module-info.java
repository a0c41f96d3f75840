/// Boards without boards: runs compiled models on emulated microcontrollers and on the host.
@org.jspecify.annotations.NullMarked
module dev.mote.emulator {
  requires transitive dev.mote.module;
  requires transitive dev.mote.pipeline;
  requires static transitive org.jspecify;

  exports dev.mote.emulator;
  exports dev.mote.emulator.cycle;

  uses dev.mote.emulator.RunnerProvider;
}
