package dev.mote.service.settings;

/// Why a configuration is refused; a page each in `docs/errors`.
final class SettingsCodes {

  static final int UNKNOWN_KEY = 8040;

  private SettingsCodes() {}
}
