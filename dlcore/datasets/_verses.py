"""A little English text that is always there: nine poems, whose authors have been dead for over a hundred years."""

from __future__ import annotations


def verses() -> str:
    """Poems by Carroll (1865, 1871), Lear (1871), Blake (1794), Shelley (1818), Wordsworth (1807), Shakespeare (1609), Moore (1823).

    All in the public domain. Letters, spaces, line breaks and the usual marks; no others.
    """
    text = """
'Twas brillig, and the slithy toves / Did gyre and gimble in the wabe: / All mimsy were the borogoves, / And the mome raths outgrabe. //
"Beware the Jabberwock, my son! / The jaws that bite, the claws that catch! / Beware the Jubjub bird, and shun / The frumious
Bandersnatch!" // He took his vorpal sword in hand; / Long time the manxome foe he sought- / So rested he by the Tumtum tree / And stood
awhile in thought. // And, as in uffish thought he stood, / The Jabberwock, with eyes of flame, / Came whiffling through the tulgey wood,
/ And burbled as it came! // One, two! One, two! And through and through / The vorpal blade went snicker-snack! / He left it dead, and
with its head / He went galumphing back. // "And hast thou slain the Jabberwock? / Come to my arms, my beamish boy! / O frabjous day!
Callooh! Callay!" / He chortled in his joy. // The sun was shining on the sea, / Shining with all his might: / He did his very best to
make / The billows smooth and bright- / And this was odd, because it was / The middle of the night. // The moon was shining sulkily, /
Because she thought the sun / Had got no business to be there / After the day was done- / "It's very rude of him," she said, / "To come
and spoil the fun!" // The sea was wet as wet could be, / The sands were dry as dry. / You could not see a cloud, because / No cloud was
in the sky: / No birds were flying overhead- / There were no birds to fly. // The Walrus and the Carpenter / Were walking close at hand; /
They wept like anything to see / Such quantities of sand: / "If this were only cleared away," / They said, "it would be grand!" // "If
seven maids with seven mops / Swept it for half a year, / Do you suppose," the Walrus said, / "That they could get it clear?" / "I doubt
it," said the Carpenter, / And shed a bitter tear. // "O Oysters, come and walk with us!" / The Walrus did beseech. / "A pleasant walk, a
pleasant talk, / Along the briny beach: / We cannot do with more than four, / To give a hand to each." // The eldest Oyster looked at him,
/ But never a word he said: / The eldest Oyster winked his eye, / And shook his heavy head- / Meaning to say he did not choose / To leave
the oyster-bed. // But four young Oysters hurried up, / All eager for the treat: / Their coats were brushed, their faces washed, / Their
shoes were clean and neat- / And this was odd, because, you know, / They hadn't any feet. // Four other Oysters followed them, / And yet
another four; / And thick and fast they came at last, / And more, and more, and more- / All hopping through the frothy waves, / And
scrambling to the shore. // The Walrus and the Carpenter / Walked on a mile or so, / And then they rested on a rock / Conveniently low: /
And all the little Oysters stood / And waited in a row. // "The time has come," the Walrus said, / "To talk of many things: / Of shoes-and
ships-and sealing-wax- / Of cabbages-and kings- / And why the sea is boiling hot- / And whether pigs have wings." // "But wait a bit," the
Oysters cried, / "Before we have our chat; / For some of us are out of breath, / And all of us are fat!" / "No hurry!" said the Carpenter.
/ They thanked him much for that. // "A loaf of bread," the Walrus said, / "Is what we chiefly need: / Pepper and vinegar besides / Are
very good indeed- / Now if you're ready, Oysters dear, / We can begin to feed." // The Owl and the Pussy-cat went to sea / In a beautiful
pea-green boat, / They took some honey, and plenty of money, / Wrapped up in a five-pound note. / The Owl looked up to the stars above, /
And sang to a small guitar, / "O lovely Pussy! O Pussy, my love, / What a beautiful Pussy you are, / You are, / You are! / What a
beautiful Pussy you are!" // Pussy said to the Owl, "You elegant fowl! / How charmingly sweet you sing! / O let us be married! too long we
have tarried: / But what shall we do for a ring?" / They sailed away, for a year and a day, / To the land where the Bong-Tree grows / And
there in a wood a Piggy-wig stood / With a ring at the end of his nose. // "Dear Pig, are you willing to sell for one shilling / Your
ring?" Said the Piggy, "I will." / So they took it away, and were married next day / By the Turkey who lives on the hill. / They dined on
mince, and slices of quince, / Which they ate with a runcible spoon; / And hand in hand, on the edge of the sand, / They danced by the
light of the moon, / The moon, / The moon, / They danced by the light of the moon. // Tyger Tyger, burning bright, / In the forests of the
night; / What immortal hand or eye, / Could frame thy fearful symmetry? // In what distant deeps or skies / Burnt the fire of thine eyes?
/ On what wings dare he aspire? / What the hand, dare seize the fire? // And what shoulder, and what art, / Could twist the sinews of thy
heart? / And when thy heart began to beat, / What dread hand? and what dread feet? // What the hammer? what the chain, / In what furnace
was thy brain? / What the anvil? what dread grasp, / Dare its deadly terrors clasp! // When the stars threw down their spears / And
water'd heaven with their tears: / Did he smile his work to see? / Did he who made the Lamb make thee? // I met a traveller from an
antique land, / Who said: "Two vast and trunkless legs of stone / Stand in the desert. Near them, on the sand, / Half sunk, a shattered
visage lies, whose frown, / And wrinkled lip, and sneer of cold command, / Tell that its sculptor well those passions read / Which yet
survive, stamped on these lifeless things, / The hand that mocked them, and the heart that fed; / And on the pedestal these words appear:
/ My name is Ozymandias, King of Kings; / Look on my Works, ye Mighty, and despair! / Nothing beside remains. Round the decay / Of that
colossal Wreck, boundless and bare / The lone and level sands stretch far away." // I wandered lonely as a cloud / That floats on high
o'er vales and hills, / When all at once I saw a crowd, / A host, of golden daffodils; / Beside the lake, beneath the trees, / Fluttering
and dancing in the breeze. // Continuous as the stars that shine / And twinkle on the milky way, / They stretched in never-ending line /
Along the margin of a bay: / Ten thousand saw I at a glance, / Tossing their heads in sprightly dance. // The waves beside them danced;
but they / Out-did the sparkling waves in glee: / A poet could not but be gay, / In such a jocund company: / I gazed-and gazed-but little
thought / What wealth the show to me had brought: // For oft, when on my couch I lie / In vacant or in pensive mood, / They flash upon
that inward eye / Which is the bliss of solitude; / And then my heart with pleasure fills, / And dances with the daffodils. // "You are
old, Father William," the young man said, / "And your hair has become very white; / And yet you incessantly stand on your head- / Do you
think, at your age, it is right?" // "In my youth," Father William replied to his son, / "I feared it might injure the brain; / But, now
that I'm perfectly sure I have none, / Why, I do it again and again." // "You are old," said the youth, "as I mentioned before, / And have
grown most uncommonly fat; / Yet you turned a back-somersault in at the door- / Pray, what is the reason of that?" // "In my youth," said
the sage, as he shook his grey locks, / "I kept all my limbs very supple / By the use of this ointment-one shilling the box- / Allow me to
sell you a couple?" // Shall I compare thee to a summer's day? / Thou art more lovely and more temperate: / Rough winds do shake the
darling buds of May, / And summer's lease hath all too short a date; / Sometime too hot the eye of heaven shines, / And often is his gold
complexion dimm'd; / And every fair from fair sometime declines, / By chance or nature's changing course untrimm'd; / But thy eternal
summer shall not fade, / Nor lose possession of that fair thou ow'st; / Nor shall death brag thou wander'st in his shade, / When in
eternal lines to time thou grow'st: / So long as men can breathe or eyes can see, / So long lives this, and this gives life to thee. //
'Twas the night before Christmas, when all through the house / Not a creature was stirring, not even a mouse; / The stockings were hung by
the chimney with care, / In hopes that St. Nicholas soon would be there; / The children were nestled all snug in their beds, / While
visions of sugar-plums danced in their heads; / And mamma in her kerchief, and I in my cap, / Had just settled our brains for a long
winter's nap, / When out on the lawn there arose such a clatter, / I sprang from my bed to see what was the matter. / Away to the window I
flew like a flash, / Tore open the shutters and threw up the sash. / The moon on the breast of the new-fallen snow, / Gave a lustre of
midday to objects below, / When what to my wondering eyes did appear, / But a miniature sleigh and eight tiny rein-deer, / With a little
old driver so lively and quick, / I knew in a moment he must be St. Nick. / More rapid than eagles his coursers they came, / And he
whistled, and shouted, and called them by name. /
"""
    return " ".join(text.split()).replace(" // ", "\n\n").replace(" / ", "\n").removesuffix(" /") + "\n"
