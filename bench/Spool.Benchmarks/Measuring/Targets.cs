namespace Spool.Benchmarks;

/// <summary>Compares what was measured with what was promised, and remembers whether anything was missed.</summary>
sealed class Targets(TextWriter output)
{
    public int Missed { get; private set; }

    /// <summary>Says whether a value stays within its target.</summary>
    public void AtMost(string what, double value, double most, string unit) => Judge(what, value, "at most", most, unit, value <= most);

    /// <summary>Says whether a value reaches its target.</summary>
    public void AtLeast(string what, double value, double least, string unit) =>
        Judge(what, value, "at least", least, unit, value >= least);

    void Judge(string what, double value, string relation, double target, string unit, bool isMet)
    {
        Missed += isMet ? 0 : 1;
        output.WriteLine(
            FormattableString.Invariant(
                $"{(isMet ? "met   " : "MISSED")} {what}: {ResultTable.Text(value)} {unit}, target {relation} {target:0.##} {unit}"
            )
        );
    }
}
