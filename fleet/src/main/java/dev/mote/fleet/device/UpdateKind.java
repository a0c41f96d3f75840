package dev.mote.fleet.device;

/// The object that takes packages, with the numbers of its resources (OMA LightweightM2M 1.1 Core,
/// appendix E.6; OMA LwM2M Software Management 1.0).
enum UpdateKind {
  FIRMWARE(5, 0, 1, 2, 3, 5, 6, 7),
  SOFTWARE(9, 2, 3, 4, 7, 9, 0, 1);

  static final int CANCEL = 10;
  static final int PROTOCOLS = 8;
  static final int DELIVERY = 9;
  static final int UNINSTALL = 6;
  static final int ACTIVATE = 10;
  static final int DEACTIVATE = 11;
  static final int ACTIVATION = 12;

  final int object;
  final int content;
  final int uri;
  final int install;
  final int state;
  final int result;
  final int name;
  final int version;

  UpdateKind(
      int object, int content, int uri, int install, int state, int result, int name, int version) {
    this.object = object;
    this.content = content;
    this.uri = uri;
    this.install = install;
    this.state = state;
    this.result = result;
    this.name = name;
    this.version = version;
  }
}
