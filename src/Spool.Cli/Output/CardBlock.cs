namespace Spool.Cli;

/// <summary>A part of an <see cref="ItemCard"/>. Its texts are stored data, not yet made safe to show.</summary>
abstract record CardBlock;

/// <summary>Markdown, as models write it.</summary>
/// <param name="Text">The text.</param>
sealed record ProseBlock(string Text) : CardBlock;

/// <summary>Words that are shown as they are, line by line.</summary>
/// <param name="Text">The text.</param>
sealed record WordsBlock(string Text) : CardBlock;

/// <summary>What a program was given or gave.</summary>
/// <param name="Label">What it is, or empty.</param>
/// <param name="Text">The text.</param>
/// <param name="Language">A word for what it is written in, such as <c>json</c> or <c>sh</c>; else <c>text</c>.</param>
sealed record CodeBlock(string Label, string Text, string Language = "text") : CardBlock;

/// <summary>One file of a change.</summary>
/// <param name="Change">What happened to it.</param>
/// <param name="IsAlone">Whether it is the only one, and the title of the card says in full what happened to which file.</param>
sealed record DiffBlock(FileChangeView Change, bool IsAlone) : CardBlock;

/// <summary>The steps of a checklist.</summary>
/// <param name="Steps">What is to do, and how far it is: <c>pending</c>, <c>in_progress</c>, <c>completed</c>.</param>
sealed record StepsBlock(IReadOnlyList<(string Step, string Status)> Steps) : CardBlock;

/// <summary>A picture, a sound or a file that came with an item.</summary>
/// <param name="Name">What it is called, by place or size; safe to show, on one line.</param>
/// <param name="Picture">The picture itself where the log has it, or null.</param>
sealed record MediaBlock(string Name, StoredPicture? Picture) : CardBlock;

/// <summary>What went wrong.</summary>
/// <param name="Label">What it is, or empty.</param>
/// <param name="Text">The text.</param>
sealed record ProblemBlock(string Label, string Text) : CardBlock;

/// <summary>Names and values on a few lines.</summary>
/// <param name="Fields">The names and values.</param>
sealed record FieldsBlock(IReadOnlyList<(string Name, string Value)> Fields) : CardBlock;

/// <summary>Another thread.</summary>
/// <param name="Name">What it is called; empty where the title of the card says that, and its id where it has no name.</param>
/// <param name="State">How far it is and what it said, or empty.</param>
/// <param name="Command">The command that shows it, or null when it has no id of a thread.</param>
sealed record ThreadBlock(string Name, string State, string? Command) : CardBlock;

/// <summary>Items that belong to another one: those of turns that were taken back.</summary>
/// <param name="Items">The items.</param>
sealed record ItemsBlock(IReadOnlyList<ItemCard> Items) : CardBlock;
