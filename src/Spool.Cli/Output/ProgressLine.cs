namespace Spool.Cli;

/// <summary>Shows on one line of a terminal how far long work is, and wipes the line at the end. Work that is done quickly shows nothing;
/// neither does anything but a terminal.</summary>
/// <param name="output">The output for words.</param>
/// <param name="screen">What it can show.</param>
/// <param name="clock">The clock.</param>
/// <param name="what">What is being done.</param>
sealed class ProgressLine(TextWriter output, Screen screen, TimeProvider clock, string what) : IProgress<IndexProgress>, IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    readonly Lock _lock = new();
    long? _firstReport;
    long _lastShown;
    bool _shown;

    /// <inheritdoc/>
    public void Report(IndexProgress value)
    {
        if (screen.Kind != ScreenKind.Terminal)
            return;
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _firstReport ??= now;
            if (clock.GetElapsedTime(_firstReport.Value, now) < Patience || (_shown && clock.GetElapsedTime(_lastShown, now) < Interval))
                return;
            _shown = true;
            _lastShown = now;
            var percent = value.Total > 0 ? value.Done * 100 / value.Total : 0;
            var text = FormattableString.Invariant($"{what}: {value.Done:N0} of {value.Total:N0} rollouts ({percent} %)");
            output.Write("\r" + CellText.Fit(text, Math.Max(1, screen.Width - 1)) + "\u001b[K");
            output.Flush();
        }
    }

    /// <summary>Wipes the line.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_shown)
                return;
            output.Write("\r\u001b[K");
            output.Flush();
            _shown = false;
        }
    }
}
