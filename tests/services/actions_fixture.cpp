#include "actions_fixture.hpp"

namespace podium::test {

const Vocabulary& ActionHost::vocabularies_tasks() { return vocabularies->of("tasks"); }

}  // namespace podium::test
