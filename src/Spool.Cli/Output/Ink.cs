namespace Spool.Cli;

/// <summary>Colours single words on a terminal that takes colours, and leaves them alone elsewhere.</summary>
/// <param name="colour">Whether to colour.</param>
sealed class Ink(ColourUse colour)
{
    public string Bold(string text) => Wrap(text, "1");

    public string Dim(string text) => Wrap(text, "2");

    public string Red(string text) => Wrap(text, "31");

    public string Green(string text) => Wrap(text, "32");

    public string Yellow(string text) => Wrap(text, "33");

    public string Cyan(string text) => Wrap(text, "36");

    string Wrap(string text, string code) => colour == ColourUse.None || text.Length == 0 ? text : $"\u001b[{code}m{text}\u001b[0m";
}
