package org.kintell.backfill.devservices;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.kintell.backfill.database.NoneNamed;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.row.EmailAddress;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * A development stand-in for the User Management API: creates users in the embedded database, so
 * that a bare machine can run a complete import. {@link UsersStandInPort} opens its port only if no
 * database is named.
 */
@RestController
@Conditional(NoneNamed.class)
class UsersStandIn {

  private static final String CREATE = SqlFile.read("devservices/create-user");

  /** Maximum length of a user's JSON, in bytes. */
  private static final int LONGEST_BODY = 64 * 1024;

  private static final int LONGEST_TEXT = 255;

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final Validator validator;

  UsersStandIn(JdbcClient jdbc, ObjectMapper json, Validator validator) {
    this.jdbc = jdbc;
    this.json = json;
    this.validator = validator;
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  record NewUser(String email, String name, String role) {}

  /**
   * @param createdAt ISO 8601, in UTC
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record User(UUID id, String email, String name, String role, String createdAt) {

    static User map(ResultSet row, int number) throws SQLException {
      return new User(
          row.getObject("id", UUID.class),
          row.getString("email"),
          row.getString("name"),
          row.getString("role"),
          row.getObject("created_at", OffsetDateTime.class).toInstant().toString());
    }
  }

  /**
   * Creates a user.
   *
   * @throws ApiException if the body describes no user, or the address is taken
   */
  @PostMapping(path = UsersStandInPort.PATH, consumes = MediaType.APPLICATION_JSON_VALUE)
  @ResponseStatus(HttpStatus.CREATED)
  User create(InputStream body) throws IOException {
    NewUser user = read(body);
    return jdbc.sql(CREATE)
        .param("email", user.email())
        .param("name", user.name())
        .param("role", user.role())
        .query(User::map)
        .optional()
        .orElseThrow(() -> new ApiException(ProblemType.USER_EXISTS));
  }

  private NewUser read(InputStream body) throws IOException {
    byte[] text = body.readNBytes(LONGEST_BODY + 1);
    NewUser user = text.length > LONGEST_BODY ? null : parse(text);
    if (user == null) {
      throw new ApiException(ProblemType.INVALID_USER, "The body is not a JSON object of texts.");
    }
    if (user.email() == null || !EmailAddress.isValid(user.email(), validator)) {
      throw new ApiException(
          ProblemType.INVALID_USER, "`email` is missing or is not a valid address.");
    }
    requireStorable("email", user.email());
    requireStorable("name", user.name());
    requireStorable("role", user.role());
    return user;
  }

  /** Null if the text is not of this kind. */
  private NewUser parse(byte[] text) throws IOException {
    try {
      return json.readValue(text, NewUser.class);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static void requireStorable(String field, String text) {
    if (text == null) {
      return;
    }
    if (text.isBlank()) {
      throw new ApiException(
          ProblemType.INVALID_USER, "The field " + field + " is blank; leave it out.");
    }
    if (text.length() > LONGEST_TEXT) {
      throw new ApiException(
          ProblemType.INVALID_USER,
          "The field " + field + " is longer than " + LONGEST_TEXT + " characters.");
    }
    if (text.indexOf('\0') >= 0) {
      throw new ApiException(ProblemType.INVALID_USER, "The field " + field + " holds a NUL.");
    }
  }
}
