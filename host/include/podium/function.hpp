#pragma once
// Two small callables that the standard library of C++20 lacks.
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace podium {

template <class Signature>
class FunctionRef;

/// A reference to a callable, for parameters that are only called during the call they are given
/// to. It owns nothing; never store it.
template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  template <class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, FunctionRef> &&
                                              std::is_invocable_r_v<R, F&, Args...>>>
  FunctionRef(F&& f) noexcept  // NOLINT: implicit by design, as std::function is
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
        call_([](void* object, Args... args) -> R {
          return std::invoke(*static_cast<std::remove_reference_t<F>*>(object),
                             std::forward<Args>(args)...);
        }) {}

  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, Args...);
};

template <class Signature>
class UniqueFunction;

/// A callable that is owned and moved, never copied (so it may own what it captures).
/// Calling an empty one is undefined; test it with `if (f)`.
template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() noexcept = default;
  UniqueFunction(std::nullptr_t) noexcept {}  // NOLINT: implicit by design
  template <class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, UniqueFunction> &&
                                              std::is_invocable_r_v<R, std::decay_t<F>&, Args...>>>
  UniqueFunction(F&& f)  // NOLINT: implicit by design
      : callee_(std::make_unique<Callee<std::decay_t<F>>>(std::forward<F>(f))) {}

  R operator()(Args... args) { return callee_->call(std::forward<Args>(args)...); }
  explicit operator bool() const noexcept { return callee_ != nullptr; }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual R call(Args... args) = 0;
  };
  template <class F>
  struct Callee final : Base {
    explicit Callee(F f) : f_(std::move(f)) {}
    R call(Args... args) override { return std::invoke(f_, std::forward<Args>(args)...); }
    F f_;
  };
  std::unique_ptr<Base> callee_;
};

}  // namespace podium
