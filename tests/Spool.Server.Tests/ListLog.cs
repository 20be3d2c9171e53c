using Microsoft.Extensions.Logging;

namespace Spool.Server.Tests;

/// <summary>Remembers what a log has, from the level of information on.</summary>
sealed class ListLog : ILoggerProvider, ILogger
{
    readonly List<string> _errors = [];
    readonly List<string> _warnings = [];
    readonly List<string> _lines = [];
    readonly List<(string Text, TaskCompletionSource Came)> _awaited = [];

    /// <summary>Gets everything, with its exceptions.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_errors)
                return [.. _lines];
        }
    }

    /// <summary>Gets the warnings and the errors, with their exceptions.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_errors)
                return [.. _warnings];
        }
    }

    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors)
                return [.. _errors];
        }
    }

    /// <summary>Waits until the log has a line with a text.</summary>
    public Task FirstAsync(string text)
    {
        var came = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_errors)
        {
            if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
                came.SetResult();
            else
                _awaited.Add((text, came));
        }
        return came.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (!IsEnabled(logLevel))
            return;
        var line = $"{logLevel}: {formatter(state, exception)} {exception}";
        lock (_errors)
        {
            _lines.Add(line);
            foreach (var (_, came) in _awaited.Where(awaited => line.Contains(awaited.Text, StringComparison.Ordinal)))
                came.TrySetResult();
            if (logLevel < LogLevel.Warning)
                return;
            _warnings.Add(line);
            if (logLevel >= LogLevel.Error)
                _errors.Add(formatter(state, exception));
        }
    }

    public void Dispose() { }
}
