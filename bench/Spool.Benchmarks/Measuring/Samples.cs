using System.Diagnostics;

namespace Spool.Benchmarks;

/// <summary>The durations of one thing that was measured many times, in milliseconds.</summary>
sealed class Samples(string name)
{
    readonly List<double> _values = [];

    public string Name => name;

    public int Count => _values.Count;

    public double Median => Percentile(50);

    /// <summary>Gives the value that so many percent of the samples do not exceed.</summary>
    public double Percentile(double percent)
    {
        if (_values.Count == 0)
            return double.NaN;
        var sorted = _values.Order().ToArray();
        if (percent == 50 && sorted.Length % 2 == 0)
            return (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
        return sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * percent / 100) - 1, 0, sorted.Length - 1)];
    }

    public void Add(TimeSpan elapsed) => _values.Add(elapsed.TotalMilliseconds);

    /// <summary>Measures an action.</summary>
    public async Task<T> MeasureAsync<T>(Func<Task<T>> action)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await action();
        Add(Stopwatch.GetElapsedTime(start));
        return result;
    }

    /// <summary>Measures an action.</summary>
    public T Measure<T>(Func<T> action)
    {
        var start = Stopwatch.GetTimestamp();
        var result = action();
        Add(Stopwatch.GetElapsedTime(start));
        return result;
    }
}
