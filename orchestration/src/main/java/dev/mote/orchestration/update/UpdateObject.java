package dev.mote.orchestration.update;

/// The LwM2M object that takes the package, with the numbers of its resources.
///
/// Source: OMA LightweightM2M 1.1 Core, appendix E.6 (Firmware Update, object 5); OMA LwM2M
/// Software Management 1.0 (object 9).
public enum UpdateObject {
  FIRMWARE(5, 0, 1, 2, 3, 5, 7),
  SOFTWARE(9, 2, 3, 4, 7, 9, 1);

  private final int id;
  private final int packageResource;
  private final int uriResource;
  private final int installResource;
  private final int stateResource;
  private final int resultResource;
  private final int versionResource;

  UpdateObject(
      int id,
      int packageResource,
      int uriResource,
      int installResource,
      int stateResource,
      int resultResource,
      int versionResource) {
    this.id = id;
    this.packageResource = packageResource;
    this.uriResource = uriResource;
    this.installResource = installResource;
    this.stateResource = stateResource;
    this.resultResource = resultResource;
    this.versionResource = versionResource;
  }

  /// Uninstall of object 9; its argument "1" says that an update follows.
  public static final int SOFTWARE_UNINSTALL = 6;

  /// Activate of object 9.
  public static final int SOFTWARE_ACTIVATE = 10;

  /// Activation State of object 9, a boolean.
  public static final int SOFTWARE_ACTIVE = 12;

  /// Cancel of object 5 from version 1.1 on.
  public static final int FIRMWARE_CANCEL = 10;

  public int id() {
    return id;
  }

  /// Opaque, to be written.
  public int packageResource() {
    return packageResource;
  }

  /// String, to be written.
  public int uriResource() {
    return uriResource;
  }

  /// Update of object 5, Install of object 9: to be executed.
  public int installResource() {
    return installResource;
  }

  public int stateResource() {
    return stateResource;
  }

  public int resultResource() {
    return resultResource;
  }

  public int versionResource() {
    return versionResource;
  }
}
