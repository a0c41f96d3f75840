/// The inference module: one signed file that a device can check, store block by block and run.
@org.jspecify.annotations.NullMarked
module dev.mote.module {
  requires static transitive org.jspecify;

  exports dev.mote.module;
  exports dev.mote.module.cbor;
  exports dev.mote.module.cose;
  exports dev.mote.module.delta;
}
