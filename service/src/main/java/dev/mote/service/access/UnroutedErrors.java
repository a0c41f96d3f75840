package dev.mote.service.access;

import dev.mote.service.http.Problem;
import dev.mote.service.http.ProblemWriter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/// Answers what the web server refuses before any controller sees it, such as an address with a
/// backslash.
@Controller
final class UnroutedErrors implements ErrorController {

  private final ProblemWriter problems;

  UnroutedErrors(ProblemWriter problems) {
    this.problems = problems;
  }

  @Open
  @RequestMapping("/error")
  void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Object thrown = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    if (thrown instanceof Throwable failure) {
      problems.write(response, failure);
    } else {
      problems.write(response, Problem.ofStatus(status instanceof Integer code ? code : 404));
    }
  }
}
