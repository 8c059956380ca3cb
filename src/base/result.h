// Errors as values.
//
// A function that can fail returns Result<T>; the compiler warns when one is dropped. The code is
// for programs (a short closed list), the message for people: what was wrong, where, what to do.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace paragon {

enum class ErrorCode {
  invalid,                // the input is wrong; repeating it will not help
  not_found,              // no such task, variant, machine, file
  denied,                 // not allowed: credentials, token, permissions
  unavailable,            // cannot be done now; later it may
  throttled,              // asked too often, or a concurrency limit was reached
  insufficient_capacity,  // the cloud has none of what was ordered
  timeout,                // no answer in time
  unsupported,            // well-formed, but this build or server does not do it
  internal,               // our own fault
};

const char* name(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: a value is a result
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: so is an error
  Result(ErrorCode code, std::string message) : state_(Error{code, std::move(message)}) {}

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  T& value() & { return get(); }
  const T& value() const& { return const_cast<Result*>(this)->get(); }
  T&& value() && { return std::move(get()); }
  T* operator->() { return &get(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return get(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(get()); }

  const Error& error() const {
    PARAGON_CHECK(!ok(), "error() of a result that holds a value");
    return std::get<Error>(state_);
  }

 private:
  T& get() {
    PARAGON_CHECK(ok(), std::get<Error>(state_).message);
    return std::get<T>(state_);
  }
  std::variant<T, Error> state_;
};

// Nothing to return but success or an error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT: an error is a status
  Status(ErrorCode code, std::string message) : error_(Error{code, std::move(message)}) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    PARAGON_CHECK(!ok(), "error() of a status that is ok");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace paragon
