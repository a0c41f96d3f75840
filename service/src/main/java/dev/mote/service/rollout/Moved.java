package dev.mote.service.rollout;

import dev.mote.service.rollout.machine.DeviceState;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/// So many devices of a wave left a state.
record Moved(int wave, DeviceState from, int devices) {

  /// Runs a statement that moves devices and gives the waves, the states, and how many they were.
  static List<Moved> by(JdbcClient jdbc, String sql, Map<String, ?> parameters) {
    return jdbc.sql(sql)
        .params(parameters)
        .query(
            (row, _) ->
                new Moved(row.getInt(1), DeviceState.valueOf(row.getString(2)), row.getInt(3)))
        .list();
  }
}
