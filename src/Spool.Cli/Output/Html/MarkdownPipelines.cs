using System.Buffers;
using Markdig;
using Markdig.Extensions.AutoLinks;
using Markdig.Extensions.TaskLists;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace Spool.Cli;

/// <summary>Parses the Markdown that models write, within limits: what goes beyond them is shown as the text that it is.</summary>
/// <remarks>
/// Raw HTML is text. Nothing defines links elsewhere in the text: a definition would not be seen. Some texts take a parser of Markdown a
/// time that grows with the square of their length, so a paragraph with more signs than people write is not looked into.
/// </remarks>
static class MarkdownPipelines
{
    const int LongestText = 96 * 1024; // UTF-16 units; a long answer has 20,000
    const int LongestParagraph = 32 * 1024;
    const int MostSigns = 1500; // of those that begin or end something, in one paragraph

    static readonly SearchValues<char> SignCharacters = SearchValues.Create("*_[]`|~<&!");
    static readonly MarkdownPipeline Pipeline = Build();

    /// <summary>Parses a text, or gives null when it is to be shown as it is.</summary>
    public static MarkdownDocument? Parse(string text)
    {
        if (text.Length > LongestText)
            return null;
        try
        {
            return Markdown.Parse(text, Pipeline);
        }
        catch (ArgumentException)
        {
            return null; // it is nested too deeply
        }
    }

    static MarkdownPipeline Build()
    {
        var builder = new MarkdownPipelineBuilder()
            .DisableHtml()
            .UsePipeTables()
            .UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough)
            .UseAutoLinks(new AutoLinkOptions { UseHttpsForWWWLinks = true });
        builder.InlineParsers.Insert(0, new TaskMarks());
        builder.BlockParsers.Replace<ParagraphBlockParser>(new PlainParagraphs());
        foreach (var parser in builder.BlockParsers)
            parser.Closed += static (_, block) => Limit(block);
        return builder.Build();
    }

    static void Limit(Block block)
    {
        if (block is not LeafBlock { ProcessInlines: true } leaf)
            return;
        var (length, signs) = (0, 0);
        for (var n = 0; n < leaf.Lines.Count; n++)
        {
            var line = leaf.Lines.Lines[n].Slice.AsSpan();
            length += line.Length + 1;
            signs += Signs(line);
        }
        leaf.ProcessInlines = length <= LongestParagraph && signs <= MostSigns;
    }

    static int Signs(ReadOnlySpan<char> line)
    {
        var signs = 0;
        while (line.IndexOfAny(SignCharacters) is >= 0 and var at)
        {
            signs++;
            line = line[(at + 1)..];
        }
        return signs;
    }

    // Paragraphs that define no links.
    sealed class PlainParagraphs : ParagraphBlockParser
    {
        public override bool Close(BlockProcessor processor, Block block)
        {
            if (block is ParagraphBlock paragraph)
            {
                ref var lines = ref paragraph.Lines;
                for (var n = 0; n < lines.Count; n++)
                    lines.Lines[n].Slice.TrimStart();
                if (lines.Count > 0)
                    lines.Lines[lines.Count - 1].Slice.TrimEnd();
            }
            return true;
        }
    }

    // A box has a blank behind it: [x](url) is a link.
    sealed class TaskMarks : TaskListInlineParser
    {
        public override bool Match(InlineProcessor processor, ref StringSlice slice) =>
            slice.PeekChar(3).IsWhitespace() && base.Match(processor, ref slice);
    }
}
