"""Print the environment that `sam local invoke` gives each function: run under SAM's own interpreter, not the tests'.

.tools/sam/bin/python sam_environ.py .aws-sam/x86_64/template.yaml x86_64 env.json
"""

import json
import sys
from pathlib import Path

from samcli.commands.local.lib.local_lambda import LocalLambdaRunner
from samcli.lib.providers.sam_function_provider import SamFunctionProvider
from samcli.lib.providers.sam_stack_provider import SamLocalStackProvider


def main(template: str, architecture: str, env_vars: str) -> None:
    """By way of SAM's own reading of the template and of the `--env-vars` file."""
    stacks, _ = SamLocalStackProvider.get_stacks(template, parameter_overrides={"Architecture": architecture})
    provider = SamFunctionProvider(stacks)
    here = str(Path(template).parent)
    settings = json.loads(Path(env_vars).read_text())
    runner = LocalLambdaRunner(None, provider, here, real_path=here, aws_region="us-east-1", env_vars_values=settings)
    environs = {one.name: runner.get_invoke_config(one).env_vars.resolve() for one in provider.get_all()}
    print(json.dumps(environs))  # noqa: T201 - its answer


if __name__ == "__main__":
    main(*sys.argv[1:])
