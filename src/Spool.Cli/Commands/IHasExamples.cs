namespace Spool.Cli;

/// <summary>A command whose help shows examples.</summary>
interface IHasExamples
{
    /// <summary>Gets the examples, each a whole command line.</summary>
    IReadOnlyList<string> Examples { get; }
}
