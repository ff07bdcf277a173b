// The lines that log a first task, with the address that the browser used.
export function firstLines(origin: string, project = 'my-project'): { title: string; text: string }[] {
  const python = JSON.stringify;
  return [
    { title: 'Install the client', text: 'pip install mlflow-skinny' },
    {
      title: 'In a script', text: [
        'import mlflow', '', `mlflow.set_tracking_uri(${python(origin)})`, `mlflow.set_experiment(${python(project)})`,
        'with mlflow.start_run():', '    mlflow.log_param("lr", 0.01)', '    for step in range(100):',
        '        mlflow.log_metric("loss", 1 / (step + 1), step=step)',
      ].join('\n'),
    },
    { title: 'Or, for a script that logs already', text: `export MLFLOW_TRACKING_URI=${origin}` },
  ];
}
